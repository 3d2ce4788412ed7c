"""A backup, a life after it, its loss: what was said since is neither lost nor said again."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing

import pytest
from sqlalchemy import select

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Message, Ticket
from tests.conftest import NewPerson
from tests.e2e.conftest import Noord
from tests.e2e.world import World

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


async def known(world: World) -> list[object]:
    """What the database knows of questions and what was said about them."""
    db = Database(world.config.database_url)
    try:
        async with db.reading() as session:
            tickets = await session.execute(
                select(Ticket.id, Ticket.status, Ticket.assignee).order_by(Ticket.id)
            )
            messages = await session.execute(
                select(Message.ticket_id, Message.direction, Message.text).order_by(Message.sent_at)
            )
            return [*tickets.all(), *messages.all()]
    finally:
        await db.close()


async def test_what_helpers_did_with_a_question_since_the_backup_is_theirs_again(
    noord: Noord, new_person: NewPerson
) -> None:
    world, sanne, help_room = noord.world, noord.sanne, noord.world.room("noord.help")
    kees = await new_person("kees", encrypts=False)
    await kees.join(help_room)
    await sanne.send(noord.team, "Goedemorgen")  # keys that nobody sends again are in the backup
    await world.quiet()
    file = world.folder / "backup.tar.gz"
    code, told = await world.helpdesk("backup", str(file))
    assert code == 0, told

    await kees.send(help_room, "!hulp onze website is weg")
    card = await sanne.wait_for(noord.team, "website is weg", within=PATIENCE)
    await sanne.react(noord.team, card.event_id, "✋")
    await kees.wait_for(help_room, "helpt je met vraag", within=PATIENCE)
    note = await sanne.send(noord.team, "Dat kennen we", thread=card.event_id)
    await sanne.wait_for_reaction(noord.team, note, "🔒 binnen", within=PATIENCE)
    await sanne.send(noord.team, "Sinds wanneer?", reply_to=card.event_id)
    await kees.wait_for(help_room, "Sinds wanneer", within=PATIENCE)
    await world.quiet()
    before = await known(world)

    await world.bot.kill()
    code, told = await world.helpdesk("restore", "--force", str(file))
    assert code == 0, told
    await forget_transactions(noord.world.synapse)
    await world.bot.start()
    await world.quiet()
    assert await known(world) == before


async def test_a_number_never_becomes_another_question_s(noord: Noord, new_person: NewPerson) -> None:
    """A question that waits for its lost key is worked on later than it was; the others keep their numbers."""
    world, sanne = noord.world, noord.sanne
    fatima = await new_person("fatima")
    kees, lena = [await new_person(name, encrypts=False) for name in ("kees", "lena")]
    file = world.folder / "backup.tar.gz"
    code, told = await world.helpdesk("backup", str(file))
    assert code == 0, told
    rooms = {}
    for person, words in ((fatima, "agenda is leeg"), (kees, "website is weg"), (lena, "printer is stuk")):
        rooms[person.name] = await person.create_dm(noord.bot, encrypted=person is fatima)
        await person.send(rooms[person.name], words)
        await person.wait_for(rooms[person.name], "stadsdeel", within=PATIENCE)
        await person.send(rooms[person.name], "Noord")
        await sanne.wait_for(noord.team, words, within=PATIENCE)
    await sanne.send(noord.team, "!antwoord 2 Jullie wachtwoord is banaan42")
    await kees.wait_for(rooms[kees.name], "banaan42", within=PATIENCE)
    await world.quiet()

    await world.bot.kill()
    code, told = await world.helpdesk("restore", "--force", str(file))
    assert code == 0, told
    code, told = await world.helpdesk("login", "--yes", "--password-file", str(world.folder / "password"))
    assert code == 0, told
    await world.bot.start()
    await world.quiet()

    # A new question, too, must not take the number of one that is known by it.
    await lena.send(rooms[lena.name], "!nieuw de kopieermachine ook")
    await sanne.wait_for(noord.team, "kopieermachine", within=PATIENCE)
    await sanne.send(noord.team, "!antwoord 2 En het huisnummer is 12")
    await kees.wait_for(rooms[kees.name], "huisnummer", within=PATIENCE)
    for person in (fatima, lena):
        read = [message.body for message in person.read(rooms[person.name])]
        assert not [body for body in read if "banaan42" in body or "huisnummer" in body]
