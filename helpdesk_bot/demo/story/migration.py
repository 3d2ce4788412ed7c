"""Two organisations begin to move from Google Drive to Nextcloud together, and the helpdesk's server looks whether it is so."""

import re
from collections.abc import Callable

from helpdesk_bot.demo.cast import TRAINERS, WEST
from helpdesk_bot.demo.story.own_room import ROOM_NAME
from helpdesk_bot.demo.story.telling import Telling, card_of, chat_of
from helpdesk_bot.demo.timeline import Message

TITLE = "two organisations leave Google Drive together, one step at a time"
SCENE = (
    "Tarik is a trainer. He begins the playbook 'Google Drive → Nextcloud' with Kwame, of the repair café, and with Ines, of "
    "the bike couriers: a cohort. Kwame walks in a chat of his own, in Dutch; Ines in her cooperative's room, in English. What "
    "they use stands on a small site on this machine, at which the helpdesk looks."
)
ASKED = "Which folders count? We have some that only one person uses."
HELPED = "Everything that the cooperative needs, Ines. Leave out what is only somebody's own."
REASON = "De demo laat alleen het eerste deel zien."
_NOT_READY = "zegt nog niet wat er moet staan"
_PLAN = re.compile(r"Stappenplan (\d+)")
# What the playbook asks before it begins: how many people, how many owners, where it goes, whether the host has the app, whether
# they pay Google, whether they have shared drives, and how much they pay.
_USERS, _OWNERS, _NO_APP, _NO, _COST = "7", "2", "2", "nee", "0"


async def tell(telling: Telling) -> None:
    site, trainers = telling.stage.site, telling.stage.rooms[TRAINERS]
    site.shared, site.ready = True, False
    telling.witness.rooms[trainers] = "trainers' room"
    couriers = next(room.id for room in telling.person("Ines").rooms.values() if room.name == ROOM_NAME)
    chat = await _begun(telling, trainers)
    kwame, ines = await _numbers(telling, chat)
    own = await _losses_of_kwame(telling)
    await telling.says("Kwame", own, "akkoord")
    first = await telling.sees(
        "Kwame", own, "Stap 1 van", "the first step: what, why, how, and how he knows that it worked"
    )
    await _couriers(telling, couriers)
    await _looked_at(telling, own, first)
    await _by_a_technician(telling, own, kwame)
    await _side_by_side(telling, trainers, kwame, ines)


async def _begun(telling: Telling, trainers: str) -> str:
    """Tarik's chat, in which he told what the playbook asks."""
    people = [telling.person(name).user_id for name in ("Kwame", "Ines")]
    await telling.says("Tarik", trainers, f"!start drive {people[0]} {people[1]}", mentions=people)
    await telling.sees(
        "Tarik", trainers, "in ons eigen gesprek", "that the helpdesk asks the rest in a chat of his own"
    )
    chat = await chat_of(telling, "Tarik", asked=True)
    await telling.sees(
        "Tarik", chat, "Met hoeveel|Hoeveel mensen gaan er over", "the first question", since_start=True
    )
    host = telling.stage.site.url
    for text, next_question in (
        (_USERS, "mappen van jullie"),
        (_OWNERS, "adres van jullie Nextcloud"),
        (host, "app om van Google"),
        (_NO_APP, "Google Workspace"),
        (_NO, "gedeelde drives"),
        (_NO, "per jaar aan Google"),
        (_COST, "Hoeveel mensen gaan er over"),
        *([("hetzelfde", r"\?|\.")] * 6),
        ("hetzelfde", "Klopt dit|begin"),
    ):
        await telling.says("Tarik", chat, text)
        await telling.sees("Tarik", chat, next_question, "the next question")
    await telling.says("Tarik", chat, "ja")
    return chat


async def _numbers(telling: Telling, chat: str) -> tuple[int, int]:
    """Of both runs."""
    begun = await telling.sees("Tarik", chat, "Het is begonnen", "that both have begun, each with its number")
    found = [int(number) for number in _PLAN.findall(begun.body)]
    return found[0], found[1]


async def _losses_of_kwame(telling: Telling) -> str:
    """In a chat that the helpdesk asks him into, or the one he has."""
    own = await chat_of(telling, "Kwame", asked=True)
    await telling.sees(
        "Kwame", own, "Dit raken jullie kwijt", "what they lose, before anything begins", since_start=True
    )
    card = await telling.sees("Kwame", own, "Nog niet begonnen", "the status card", since_start=True)
    telling.expectations.holds(
        "nobody has been given a step yet", "" if "Stap 1" not in card.body else "somebody has"
    )
    return own


async def _couriers(telling: Telling, room: str) -> None:
    """Ines accepts, asks something in her own words, is helped, and goes on."""
    losses = await telling.sees(
        "Ines",
        room,
        "This is what you lose|you will lose",
        "the same in English, in her room",
        since_start=True,
    )
    await telling.says("Ines", room, "agreed", thread=losses.thread, reply_to=losses.event_id)
    step = await telling.sees("Ines", room, "Step 1 of", "her first step, in English")
    team = telling.stage.rooms[WEST]
    await telling.says("Ines", room, ASKED, thread=step.thread, reply_to=step.event_id)
    told = await telling.sees(
        "Ines",
        room,
        r"question \d+",
        "that her question is a question for a helper, and no answer to the step",
    )
    number = telling.number_in(told)
    card = await telling.sees(
        "Daan", team, card_of(number), "the question in the team room, with the step it is about"
    )
    await telling.says("Daan", team, HELPED, thread=card.event_id, reply_to=card.event_id)
    await telling.sees(
        "Ines", room, "Everything that the cooperative needs", "the answer of Daan, at her step"
    )
    await telling.says("Ines", room, "12", thread=step.thread, reply_to=step.event_id)
    await telling.sees("Ines", room, "Step 2 of", "the next step")


async def _looked_at(telling: Telling, own: str, first: Message) -> None:
    """Kwame's open folder: the helpdesk finds it open, he closes it, and the helpdesk finds it closed."""
    site, bot = telling.stage.site, telling.stage.bot
    await telling.says("Kwame", own, "9", reply_to=first.event_id)
    second = await telling.sees("Kwame", own, "Stap 2 van", "the next step: show that an old link is closed")
    await telling.says("Kwame", own, "gedaan", reply_to=second.event_id)
    asked = await telling.sees("Kwame", own, "Plak de link hier", "the question for a link that was public")
    await telling.says("Kwame", own, site.folder, reply_to=asked.event_id)
    await telling.sees(
        "Kwame",
        own,
        "klopt nog niet",
        "that the folder is still open to anybody: the helpdesk could look into it",
    )
    await telling.notice(
        "Kwame closes the folder: on the site something really changes. The helpdesk is killed meanwhile."
    )
    site.shared = False
    await bot.kill()
    await telling.says("Kwame", own, f"Nu is hij dicht: {site.folder}")
    await bot.start()
    await telling.sees(
        "Kwame", own, "De link is dicht", "that the helpdesk has looked after its restart, and it is closed"
    )


async def _by_a_technician(telling: Telling, own: str, run: int) -> None:
    """A step of a technician stands in the queue like a question; the helpdesk looks at its outcome as well."""
    site = telling.stage.site
    third = await telling.sees("Kwame", own, "Stap 3 van", "the next step", since_start=True)
    await telling.reacts("Kwame", own, third.event_id, "✅")
    number = await _solved(telling, rf"Stap {run}\.\d+ voor Repair")
    team = telling.stage.rooms[WEST]
    await telling.sees(
        "Meryem", team, _NOT_READY, "that the helpdesk has looked, it is not ready yet, and it is still hers"
    )
    await telling.notice("The host finishes the set-up of the Nextcloud: on the site that changes too.")
    site.ready = True
    await telling.says("Meryem", team, f"!opgelost {number}")
    await telling.sees("Kwame", own, r"✅ 4\.", "on the status card: looked at by the helpdesk, and right")


async def _solved(telling: Telling, wanted: str) -> int:
    """Meryem takes the next step of the technicians out of the queue, and says that it is done; the number of its question."""
    team = telling.stage.rooms[WEST]
    card = await telling.sees(
        "Meryem", team, wanted, "a step for technicians, in the team room like a question", since_start=True
    )
    number = telling.number_in(card)
    await telling.reacts("Meryem", team, card.event_id, "✋")
    await telling.sees("Meryem", team, rf"pakt vraag {number} op", "that it is hers")
    await telling.says("Meryem", team, f"!opgelost {number}")
    return number


async def _side_by_side(telling: Telling, trainers: str, kwame: int, ines: int) -> None:
    """Tarik looks at what waits for him, sees both, and ends them, because the demo shows the beginning only."""
    await telling.says("Tarik", trainers, f"!klopt {kwame}.1 en {ines}.1")
    await telling.sees("Tarik", trainers, "nagekeken", "that both first steps have been looked at")
    await telling.says("Tarik", trainers, "!cohort")
    await telling.sees(
        "Tarik",
        trainers,
        _both(kwame, ines),
        "both organisations side by side: how far, whose turn, since when",
    )
    for run in (kwame, ines):
        await telling.says("Tarik", trainers, f"!stopplan {run} {REASON}")
        await telling.sees("Tarik", trainers, f"[Ss]tappenplan {run}", "that it has stopped")


def _both(*numbers: int) -> Callable[[Message], bool]:
    return lambda message: all(f"{number}. " in message.body for number in numbers)
