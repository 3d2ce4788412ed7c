"""A backup, a life after it, its loss: what was said since is neither lost nor said again."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from tests.conftest import NewPerson
from tests.e2e.conftest import Noord

PATIENCE = 30


def said(bot: str, people: Iterable[Person]) -> Counter[str]:
    """What the bot has put into rooms, as each person's client reads it: messages, corrections, reactions."""
    found: Counter[str] = Counter()
    for person in people:
        for room_id, room in person.rooms.items():
            for event in room.timeline.events:
                if event.sender == bot and event.state_key is None:
                    found[f"{person.name} {room_id} {event.type} {event.content}"] += 1
    return found


async def forget_transactions(synapse: Synapse) -> None:
    """What a homeserver does after a day."""
    await synapse.stop()
    with closing(sqlite3.connect(synapse.folder / "homeserver.db")) as database:
        assert database.execute("DELETE FROM event_txn_id_device_id").rowcount > 0
        database.commit()
    await synapse.start()


@pytest.mark.parametrize("device", ["same", "new"])
async def test_restored_it_goes_on_as_if_nothing_happened(
    noord: Noord, new_person: NewPerson, device: str
) -> None:
    world, sanne, help_room = noord.world, noord.sanne, noord.world.room("noord.help")
    fatima, kees = await new_person("fatima"), await new_person("kees", encrypts=False)
    await kees.join(help_room)
    dm = await fatima.create_dm(noord.bot)
    await fatima.send(dm, "Onze ledenlijst is kwijt")
    await fatima.wait_for(dm, "stadsdeel", within=PATIENCE)
    await fatima.send(dm, "Noord")
    card = await sanne.wait_for(noord.team, "ledenlijst", within=PATIENCE)

    # Keys that nobody sends again are in the backup.
    note = await sanne.send(noord.team, "Wie kent ze?", thread=card.event_id)
    await sanne.wait_for_reaction(noord.team, note, "🔒 binnen", within=PATIENCE)

    file = world.folder / "backup.tar.gz"
    code, told = await world.helpdesk("backup", str(file))
    assert code == 0, told

    await sanne.react(noord.team, card.event_id, "✋")
    await fatima.wait_for(dm, "helpt je met vraag", within=PATIENCE)
    await fatima.send(dm, "Hij stond op een oude laptop")
    await sanne.wait_for(noord.team, "oude laptop", within=PATIENCE)
    note = await sanne.send(noord.team, "Dat kennen we", thread=card.event_id)
    await sanne.wait_for_reaction(noord.team, note, "🔒 binnen", within=PATIENCE)
    await sanne.send(noord.team, "Ligt die laptop er nog?", reply_to=card.event_id)
    await fatima.wait_for(dm, "Ligt die laptop er nog", within=PATIENCE)
    question = await kees.send(help_room, "!hulp onze website is weg")
    await kees.wait_for(help_room, "vraag|nummer", within=PATIENCE, sender=noord.bot)
    await sanne.wait_for(noord.team, "website is weg", within=PATIENCE)
    await kees.send(help_room, "sinds gisteren", thread=question)
    await sanne.wait_for(noord.team, "sinds gisteren", within=PATIENCE)
    await world.quiet()

    people = (sanne, noord.joris, fatima, kees)
    before = said(noord.bot, people)
    await world.bot.kill()
    await fatima.send(dm, "Tijdens de storing")
    code, told = await world.helpdesk("restore", "--force", str(file))
    assert code == 0, told
    if device == "new":
        code, told = await world.helpdesk("login", "--yes", "--password-file", str(world.folder / "password"))
        assert code == 0, told
    else:
        await forget_transactions(noord.world.synapse)
    await world.bot.start()

    await sanne.wait_for(noord.team, "Tijdens de storing", within=PATIENCE)
    back = await sanne.send(noord.team, "Alles is er weer", reply_to=card.event_id)
    await fatima.wait_for(dm, "Alles is er weer", within=PATIENCE)
    await world.quiet()

    after = said(noord.bot, people)
    assert {what: count for what, count in after.items() if before[what] not in (0, count)} == {}
    expected = ("Tijdens de storing", "Alles is er weer", back)
    again = [what for what in after if what not in before and not any(words in what for words in expected)]
    assert again == []
