"""What is counted when the stories are over, in everything that everybody's clients have received."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from functools import partial

from helpdesk_bot.demo.listener import NotSeen
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.story.telling import Carried, Telling
from helpdesk_bot.demo.timeline import Event

TITLE = "Counted afterwards, in all that the clients have received"
_LISTED = 3
_WARNING = "⚠"  # every alert to the coordinators begins with it
_PATIENCE, _QUIET = 10.0, 0.5  # seconds
ASKERS = ("Fatima", "Kwame", "Ines", "Tomás")


async def count(telling: Telling) -> None:
    """Nothing lost, nothing twice, nothing leaked, nothing in the clear."""
    await _settled(telling)
    expectations = telling.expectations
    expectations.holds(
        f"each of {len(telling.carried)} carried messages stands at the other side exactly once",
        _listed(_not_once(telling)),
    )
    expectations.holds("neither helpdesk sent anything twice", _listed(_twice(telling)))
    expectations.holds(
        f"none of {len(telling.secrets)} notes reached a client of somebody who asks",
        _listed(_found(telling, telling.secrets, ASKERS)),
    )
    team = [name for name in telling.stage.people if name not in ASKERS]
    expectations.holds(
        "what Tomás said to Ines reached nobody of the helpdesk's people",
        _listed(_found(telling, telling.private, team)),
    )
    expectations.holds(
        "neither helpdesk wrote plain text in an encrypted room", _listed(_in_the_clear(telling))
    )
    expectations.holds("everybody could read every message meant for them", _listed(_locked(telling)))
    expectations.holds("the helpdesk had nothing to warn the coordinators of", _listed(_alarms(telling)))


def _listed(wrongs: Iterator[str]) -> str:
    """The first few of them, and how many more there are."""
    found = list(wrongs)
    more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return "; ".join(found[:_LISTED]) + more


def _of_story(telling: Telling, person: Person) -> Iterator[Event]:
    """What this person's client received since the story began, in rooms they are in."""
    began = telling.witness.began(person)
    for room_id in person.rooms:
        for event in person.events(room_id):
            if event.number > began:
                yield event


async def _settled(telling: Telling) -> None:
    """Gives what is still on its way the time to arrive, and a second copy the time to show itself."""
    try:
        async with asyncio.timeout(_PATIENCE):
            for carried in telling.carried:
                person = telling.person(carried.reader)
                await person.until(partial(_copies, telling, carried), carried.text, _PATIENCE)
    except (NotSeen, TimeoutError):
        return  # it is counted as missing
    await asyncio.sleep(_QUIET)


def _copies(telling: Telling, carried: Carried) -> list[Event]:
    person = telling.person(carried.reader)
    return [
        event
        for event in person.events(carried.room_id)
        if event.number > telling.witness.began(person)
        and event.sender == telling.stage.bot_of(carried.reader)
        and event.type == "m.room.message"
        and event.relates("m.replace") is None
        and carried.text in str(event.content.get("body"))
    ]


def _not_once(telling: Telling) -> Iterator[str]:
    for carried in telling.carried:
        times = len(_copies(telling, carried))
        if times != 1:
            yield f"{carried.reader} saw “{carried.text[:40]}…” of {carried.sender} {times} times"


def _twice(telling: Telling) -> Iterator[str]:
    """One act of the helpdesk is one event: no two say the same in the same place about the same thing. What it has taken away,
    to say it again to somebody who came in only then, is not there twice."""
    for name, person in telling.stage.people.items():
        events = list(_of_story(telling, person))
        taken_away = {event.redacts for event in events if event.sender in telling.stage.bots}
        said = Counter(
            (event.room_id, event.type, json.dumps(_meaning(event), sort_keys=True))
            for event in events
            if event.sender in telling.stage.bots
            and event.state_key is None
            and not event.undecryptable
            and event.id not in taken_away
        )
        for (_, kind, meaning), times in said.items():
            if times > 1:
                yield f"{name} got {times} times the same {kind}: {meaning[:80]}"


def _meaning(event: Event) -> dict[str, object]:
    content = event.content
    about = {"event_id": event.relation.get("event_id"), "key": event.relation.get("key")}
    if event.redacts is not None:
        return {"takes away": event.redacts}
    if event.relates("m.replace"):  # an edit may go back to an earlier text
        return {"of": event.id}
    reply = event.relation.get("m.in_reply_to")
    return {"body": content.get("body"), "url": content.get("url"), "reply": reply, **about}


def _found(telling: Telling, texts: list[str], names: tuple[str, ...] | list[str]) -> Iterator[str]:
    """Clients of these people in which one of these texts, or a good part of it, can be found in any form."""
    for name in names:
        everything = "\n".join(
            json.dumps([event.raw, event.clear], ensure_ascii=False)
            for event in _of_story(telling, telling.person(name))
        )
        for text in texts:
            if any(part in everything for part in _parts(text)):
                yield f"{name}'s client has “{text[:40]}…”"


def _parts(text: str) -> list[str]:
    """Every four words in a row: a piece of a note is a leak as well."""
    words = text.split()
    return [" ".join(words[at : at + 4]) for at in range(max(1, len(words) - 3))]


def _in_the_clear(telling: Telling) -> Iterator[str]:
    for name, person in telling.stage.people.items():
        for event in _of_story(telling, person):
            theirs = event.sender in telling.stage.bots and event.type == "m.room.message"
            if person.rooms[event.room_id].encrypted and theirs and not event.encrypted:
                yield f"{event.id} in a room of {name}"


def _locked(telling: Telling) -> Iterator[str]:
    for name, person in telling.stage.people.items():
        locked = sum(event.undecryptable for event in _of_story(telling, person))
        if locked:
            yield f"{locked} for {name}"


def _alarms(telling: Telling) -> Iterator[str]:
    host = telling.person("Yvonne")
    began = telling.witness.began(host)
    for message in host.read(telling.stage.rooms["coordinatie"], after=began):
        if message.sender == telling.stage.bot_id and message.body.startswith(_WARNING):
            yield message.body[:160]
