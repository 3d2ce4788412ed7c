"""Nobody has the password any more: asked in English in a cooperative's own room, while the helpdesk is killed twice."""

from helpdesk_bot.demo.cast import WEST
from helpdesk_bot.demo.story.telling import Telling, card_of

TITLE = "nobody has the password any more, and the helpdesk is killed"
SCENE = (
    "Ines and Tomás are in a cooperative of bike couriers. They invite the helpdesk into their own, encrypted room and "
    "speak English with it. In the middle of the talk the helpdesk's process is ended with SIGKILL: no goodbye, "
    "nothing saved at the last moment."
)
ROOM_NAME = "Bike couriers West: board"
QUESTION = (
    "our treasurer has left and nobody else has the password of our bookkeeping (Odoo). How do we get back in before "
    "the wages are due on Friday?"
)
ORGANISATION = "Bike Couriers West"
CHATTER = "Tomás here, shall we have lunch at the depot at noon?"
FIRST = "By the way, the old treasurer still has an administrator account."
DURING_KILL = "And the invoices of this month are not in the system yet."
ANSWER = (
    "Hi Ines, I can reset it together with you. Two of you sign the form, then the host of your Odoo makes a new "
    "administrator. Friday is feasible."
)
NOTE = "Internal: check first whether the old treasurer is in a dispute with them."
LAST = "Great, we have just signed the form, both of us."


async def tell(telling: Telling) -> None:
    team, bot = telling.stage.rooms[WEST], telling.stage.bot_id
    telling.witness.rooms[team] = "team room West"
    room = await _own_room(telling)

    asked = await telling.says("Ines", room, f"{bot}: {QUESTION}", mentions=[bot])
    telling.must_arrive("Ines", QUESTION, team, "Meryem", "Daan")
    welcome = await telling.sees(
        "Ines",
        room,
        lambda m: m.thread == asked and "question" in m.body,
        "an answer in English, with the number, in the thread of her question",
    )
    number = telling.number_in(welcome)
    if not telling.stage.again:
        await telling.says("Ines", room, "West", thread=asked)
        await telling.sees("Ines", room, "organisation", "one more question: which organisation")
        await telling.says("Ines", room, ORGANISATION, thread=asked)
        await telling.sees("Ines", room, ORGANISATION, "that the organisation is noted")
    card = await telling.sees(
        "Daan", team, card_of(number), "the card of the question in the team room", since_start=True
    )
    await telling.notice(
        "Tomás says something to Ines. It is not for the helpdesk, and must not leave the room."
    )
    await telling.says("Tomás", room, CHATTER)
    telling.private.append(CHATTER)
    await telling.says("Daan", team, f"!claim {number}")
    await telling.sees("Ines", room, "Daan is helping you", "who helps her, by name")

    await _through_two_crashes(telling, room, team, asked, card.event_id, number)

    await telling.says("Ines", room, LAST, thread=asked)
    telling.must_arrive("Ines", LAST, team, "Meryem", "Daan")
    await telling.sees(
        "Daan", team, "signed the form, both", "what Ines writes now, as if nothing had happened"
    )
    await telling.reacts("Daan", team, card.event_id, "✅")
    await telling.sees("Ines", room, "Is that right", "the question whether it is solved")
    await telling.says("Ines", room, "yes", thread=asked)
    await telling.sees("Ines", room, f"[Qq]uestion {number} is done", "that the question is closed")
    thanks = "Thank you so much Daan!"
    await telling.says("Ines", room, thanks, thread=asked)
    telling.must_arrive("Ines", thanks, team, "Meryem", "Daan")
    await telling.sees("Daan", team, "Thank you so much", "the thanks of Ines")


async def _through_two_crashes(
    telling: Telling, room: str, team: str, asked: str, card: str, number: int
) -> None:
    """Once right after somebody wrote, once between sending an answer and writing down that it was sent."""
    helpdesk = telling.stage.bot
    await telling.says("Ines", room, FIRST, thread=asked)
    await helpdesk.kill()
    telling.screen.notice("The helpdesk is killed with SIGKILL, right after Ines wrote.")
    for text in (FIRST, DURING_KILL):
        telling.must_arrive("Ines", text, team, "Meryem", "Daan")
    await telling.notice("While it is down, Ines goes on writing, Daan writes an answer, and a note.")
    second = await telling.says("Ines", room, DURING_KILL, thread=asked)
    await telling.says("Daan", team, ANSWER, thread=card, reply_to=card)
    telling.must_arrive("Daan", ANSWER, room, "Ines", "Tomás")
    note = await telling.says("Daan", team, NOTE, thread=card)
    telling.secrets.append(NOTE)

    await telling.notice(
        "It is started again, and dies at the worst moment: the homeserver has taken its first message, but the "
        "helpdesk could not write down that it was sent. Then it is started once more."
    )
    helpdesk.launch(kill_at="send.after:1")
    died = await helpdesk.died_as_armed()
    telling.expectations.holds(
        "the helpdesk died a second time, between sending and writing that down", "" if died else "it did not"
    )
    if died:
        await helpdesk.start()
        telling.screen.notice(f"Started again; it was ready after {helpdesk.starts[-1]:.1f} s.")
    # Since the start: it may be quick enough to pass on a message before the kill reaches it.
    await telling.sees(
        "Daan", team, "administrator account", "what Ines wrote just before the kill", since_start=True
    )
    await telling.sees(
        "Daan",
        team,
        "invoices of this month",
        "what Ines wrote while the helpdesk was down",
        since_start=True,
    )
    await telling.sees(
        "Ines",
        room,
        "Two of you sign",
        "the answer that Daan wrote while the helpdesk was down",
        since_start=True,
    )
    await telling.sees_mark(
        "Ines", room, second, f"question {number}", "the words at her message that say where it belongs"
    )
    await telling.sees_mark("Daan", team, note, "binnen", "the words at his note that say it stayed inside")


async def _own_room(telling: Telling) -> str:
    """The cooperative's room, with the helpdesk in it: the one of last time, or a new one."""
    ines, tomas, bot = telling.person("Ines"), telling.person("Tomás"), telling.stage.bot_id
    known = next((room for room in ines.rooms.values() if room.name == ROOM_NAME), None)
    if known is not None:
        telling.witness.rooms[known.id] = "the cooperative's own room"
        return known.id
    room = await ines.create_room(name=ROOM_NAME, invite=[tomas.user_id], encrypted=True)
    await tomas.accept_invite(room)
    telling.witness.rooms[room] = "the cooperative's own room"
    await telling.notice("Ines invites the helpdesk into the room.")
    telling.moment()
    await ines.invite(room, bot)
    await telling.sees("Ines", room, "helpdesk", "the helpdesk comes in and says what it does here")
    return room
