"""Nobody here can take it, and somebody at another helpdesk, on another server, does."""

import asyncio

from helpdesk_bot.demo.cast import COORDINATION, NIEUW_WEST, NOORD
from helpdesk_bot.demo.story.telling import Telling, chat_of

TITLE = "nobody here can take it, and another helpdesk does"
SCENE = (
    "Nieuw-West has a helpdesk of its own, on its own homeserver, with its own bot and database. Leyla coordinates it, and "
    "helps. The two trust each other only once people on both sides have compared a number. Then Noord lends a question."
)
QUESTION = (
    "!nieuw Wij willen onze ledenadministratie in Odoo zetten, maar de btw klopt niet. Kan iemand meekijken?"
)
WORDS = "de btw klopt niet"
NOTE = "Notitie: zelfde fout als bij de voedselcoöperatie vorige maand, toen was het de belastingregio."
ANSWER = "Dag Fatima, kijk bij Boekhouding, Instellingen, naar de belastingregio. Staat daar Nederland?"
DONE = "Daar stond België! Nu klopt het."


async def tell(telling: Telling) -> None:
    stage = telling.stage
    here, there = stage.rooms[COORDINATION], stage.next_door.rooms[COORDINATION]
    team, theirs = stage.rooms[NOORD], stage.next_door.rooms[NIEUW_WEST]
    telling.witness.rooms |= {
        here: "coordinators' room",
        there: "coordinators' room of Nieuw-West",
        theirs: "team room Nieuw-West",
    }
    if not stage.again:
        await _trust(telling, here, there)
    chat = await chat_of(telling, "Fatima")
    number = await _lent(telling, chat, team, theirs)
    await _helped(telling, chat, theirs, number)
    for name, room in (("Yvonne", here), ("Leyla", there)):
        await telling.says(name, room, "!federatie")
        await telling.sees(name, room, "Laatste levensteken", "how it is with the other helpdesk")


async def _trust(telling: Telling, here: str, there: str) -> None:
    """Each adds the other, they compare the number, and both say that it is the same."""
    stage = telling.stage
    sides = (("Yvonne", here, stage.next_door.bot_id), ("Leyla", there, stage.bot_id))
    for name, room, other in sides:
        await telling.says(name, room, f"!federatie toevoegen {other}")
        await telling.sees(name, room, "Toegevoegd", "that the other helpdesk is asked in")
    numbers = []
    for name, room, _ in sides:
        told = await telling.sees(
            name,
            room,
            r"lees elkaar dit nummer voor",
            "the number to compare, by telephone",
            since_start=True,
        )
        numbers.append(told.body.partition("nummer voor:")[2][:40])
    telling.expectations.holds(
        "Yvonne and Leyla read the same number", "" if numbers[0] == numbers[1] else " / ".join(numbers)
    )
    for name, room, other in sides:
        await telling.says(name, room, f"!federatie klopt {other}")
        await telling.sees(name, room, "is nu vertrouwd", "that the other helpdesk is trusted now")
    await asyncio.sleep(1)  # until both have heard that


async def _lent(telling: Telling, chat: str, team: str, theirs: str) -> int:
    """The number that it has in Nieuw-West."""
    await telling.says("Fatima", chat, QUESTION)
    card = await telling.sees(
        "Sanne", team, lambda m: m.thread is None and "Odoo" in m.body, "the card of the question"
    )
    number = telling.number_in(card)
    await telling.says("Sanne", team, f"!leen {number}")
    await telling.sees(
        "Fatima",
        chat,
        "andere helpdesk",
        "what would be shared, and with whom: nothing leaves before she agrees",
    )
    await telling.says("Fatima", chat, "ja")
    await telling.sees("Fatima", chat, "Ik vraag het aan Helpdesk Nieuw-West", "who is asked, and until when")
    offered = await telling.sees(
        "Leyla", theirs, "Gevraagd door Helpdesk", "a card in her own team room, without what was asked"
    )
    telling.expectations.holds(
        "Leyla's client has nothing of the question yet",
        "" if not any(WORDS in message.body for message in telling.since_act("Leyla", theirs)) else "it has",
    )
    number = telling.number_in(offered)
    await telling.says("Leyla", theirs, f"!pak {number}")
    await telling.sees("Fatima", chat, r"Leyla \(Helpdesk Nieuw-West\)", "who helps her, and from where")
    await telling.sees("Leyla", theirs, WORDS, "the question itself, now that it is hers")
    return number


async def _helped(telling: Telling, chat: str, theirs: str, number: int) -> None:
    """Both talk through both helpdesks, of which one is killed meanwhile."""
    bot = telling.stage.bot
    await telling.notice("The helpdesk of Noord and West is killed. Leyla goes on meanwhile, at her own.")
    await bot.kill()
    note = await telling.says("Leyla", theirs, f"!notitie {number} {NOTE}")
    telling.secrets.append(NOTE)
    await telling.sees_mark(
        "Leyla", theirs, note, "binnen", "the words at her note that say it stayed inside"
    )
    await telling.says("Leyla", theirs, f"!antwoord {number} {ANSWER}")
    await bot.start()
    telling.must_arrive("Leyla", ANSWER, chat, "Fatima")
    await telling.sees("Fatima", chat, "belastingregio", "the answer of Leyla, as soon as it runs again")
    await telling.says("Fatima", chat, DONE)
    telling.must_arrive("Fatima", DONE, theirs, "Leyla")
    await telling.sees("Leyla", theirs, "Daar stond", "that it works")
    await telling.says("Leyla", theirs, f"!opgelost {number}")
    await telling.sees("Fatima", chat, "denkt dat vraag", "the question whether it is solved")
    await telling.says("Fatima", chat, "ja")
    await telling.sees("Fatima", chat, "is klaar", "that the question is closed")
    closed = f"zegt dat vraag {number} klaar is"
    await telling.sees("Leyla", theirs, closed, "that it is finished at the helpdesk whose question it is")
