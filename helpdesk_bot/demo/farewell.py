"""After the story: how to join in with any Matrix client."""

from helpdesk_bot.demo.cast import BOT, CAST, COORDINATION, NOORD, PASSWORD, WEST
from helpdesk_bot.demo.screen import Screen
from helpdesk_bot.demo.stage import Stage

_TRY = (
    "Sign in as Noor and start a chat with {bot}. Write any question, in Dutch or in English.",
    "Or walk into {help} as Noor, and mention the helpdesk there.",
    "Sign in as Sam in a second window (a private one, or another browser). The card is in the team room of the "
    "stadsdeel: put a ✋ at it, reply to the card to answer, write in its thread without replying to leave a note.",
    "`!hulp` tells everybody what they can do in the room they are in.",
)


def explain(stage: Stage, screen: Screen) -> None:
    server = stage.synapse.server_name
    screen.heading("Now you: it stays up, join with any Matrix client")
    screen.say(f"  homeserver   {stage.synapse.url}")
    screen.say("  in Element   Sign in → Edit (beside the homeserver) → Other homeserver")
    for role in CAST.visitors:
        screen.say(f"  user name    {role.localpart:<8} password {PASSWORD:<11} {role.who}")
    screen.say(f"  the bot      {stage.synapse.user_id(BOT)}")
    screen.say(f"  the rooms    #helpdesk:{server} (the space), #hulp-noord, #hulp-west, and for the team")
    screen.say(f"               #{NOORD}, #{WEST}, #{COORDINATION}")
    screen.say()
    for number, hint in enumerate(_TRY, start=1):
        screen.say(
            f"  {number}. " + hint.format(bot=stage.synapse.user_id(BOT), help=f"#hulp-noord:{server}")
        )
    screen.say()
    screen.say("  What was said before you signed in stays locked for you: that is end-to-end encryption.")
    screen.say("  It listens on this machine only. What reaches the story's rooms goes on being shown here.")
    screen.say("  Ctrl-C stops everything. The folder is kept; --fresh begins anew.", "bold")
