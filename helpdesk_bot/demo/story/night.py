"""A night: somebody's mailbox sends mail by itself. Who is on duty is called outside Matrix, sleeps, and the next one comes."""

import asyncio
import re
from datetime import datetime, time, timedelta

from helpdesk_bot.demo.cast import NOORD
from helpdesk_bot.demo.phones import link_in, opened
from helpdesk_bot.demo.story.telling import PATIENCE, ZONE, Telling, chat_of

TITLE = "an alarm at night, and whoever is on duty sleeps"
SCENE = (
    "It is twelve past three at night on the helpdesk's clock. Fatima's mailbox sends mail to all members by itself. Sanne "
    "and Joris are on duty in Noord in turn; the helpdesk calls them by a text message outside Matrix (Apprise), which "
    "holds nothing of what was asked."
)
QUESTION = (
    "Help, ons mailadres is gehackt! Er gaan mails uit onze naam naar alle leden en ik kan er niet meer in."
)
ANSWER = "Ik ben er. Ik kijk met je mee: kies nu eerst ‘wachtwoord vergeten’. Zie je een code op je telefoon?"
_NIGHT = time(3, 12)
_PATIENCE_OF_THE_HELPDESK = timedelta(
    minutes=5, seconds=20
)  # a little more than it waits for whoever is called
_CALLED = re.compile(r"Ik bel nu (\w+)")


def night_after(moment: datetime) -> datetime:
    """The next time that it is twelve past three in Amsterdam."""
    day = moment.astimezone(ZONE).date()
    nights = (datetime.combine(day + timedelta(days=n), _NIGHT, ZONE) for n in (0, 1))
    return next(night for night in nights if night > moment)


async def tell(telling: Telling) -> None:
    stage = telling.stage
    await telling.notice("The helpdesk is started again by a clock that is ahead: it is night.")
    await stage.later(night_after(stage.now))
    chats = {name: await chat_of(telling, name) for name in ("Fatima", "Sanne", "Joris")}

    await telling.says("Fatima", chats["Fatima"], f"!nieuw {QUESTION}")
    asked = await telling.sees(
        "Fatima", chats["Fatima"], "noodgeval", "the question whether somebody is to be called"
    )
    number = telling.number_in(asked)
    await telling.says("Fatima", chats["Fatima"], "ja")
    calling = await telling.sees(
        "Fatima", chats["Fatima"], _CALLED.pattern, "whom the helpdesk calls, by name"
    )
    await telling.sees("Fatima", chats["Fatima"], "Eerste hulp", "first aid, for while she waits")
    first = _CALLED.findall(calling.body)[0]
    second = "Joris" if first == "Sanne" else "Sanne"
    await telling.sees(first, chats[first], "noodgeval", f"the call, in {first}'s own chat with the helpdesk")
    message = await _text_message(telling, first)
    telling.expectations.holds(
        f"{first}'s phone got a text message outside Matrix, with nothing of what Fatima wrote",
        "" if message and "mail" not in message.casefold() else f"it got {message!r}",
    )

    await telling.notice(
        f"{first} sleeps. Meanwhile the helpdesk is killed, and started again when the five minutes are over."
    )
    await stage.bot.kill()
    await stage.later(stage.now + _PATIENCE_OF_THE_HELPDESK)
    await telling.sees(
        "Fatima", chats["Fatima"], f"Ik bel nu {second}", f"that nobody answered, and that {second} is called"
    )
    message = await _text_message(telling, second)
    link = link_in(message)
    telling.expectations.holds(f"{second}'s phone got a link", "" if link else f"it got {message!r}")
    if link is None:
        return
    looked = await opened(link)
    telling.expectations.holds(
        "looking at the link changes nothing: there is a button to press",
        "" if "<button" in looked and QUESTION not in looked else "there is no button",
    )
    telling.moment()
    await opened(link, press=True)
    await telling.sees("Fatima", chats["Fatima"], f"{second} heeft het gezien en helpt je nu", "who comes")
    await telling.sees(first, chats[first], "hoeft niet meer te komen", f"that {first} can sleep on")

    team = stage.rooms[NOORD]
    await telling.says(second, team, f"!antwoord {number} {ANSWER}")
    telling.must_arrive(second, ANSWER, chats["Fatima"], "Fatima")
    await telling.sees("Fatima", chats["Fatima"], "wachtwoord vergeten", f"the answer of {second}")
    await telling.says(second, team, f"!opgelost {number}")
    await telling.sees("Fatima", chats["Fatima"], "Klopt dat", "the question whether it is solved")
    await telling.says("Fatima", chats["Fatima"], "ja")
    await telling.sees(
        "Fatima", chats["Fatima"], f"[Vv]raag {number} is klaar", "that the question is closed"
    )


async def _text_message(telling: Telling, name: str) -> str:
    """The last that came to somebody's phone; waits for the first."""
    localpart = name.casefold()
    for _ in range(int(PATIENCE / 0.1)):
        if received := telling.stage.phones.received.get(localpart):
            return received[-1]
        await asyncio.sleep(0.1)
    return ""
