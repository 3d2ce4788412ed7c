"""Five organisations move to other tools at the same time: real clients, encrypted rooms, a site that is looked at, and a
helpdesk that ends in every part of each playbook. One of them loses the person who did it all, one goes back."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from sqlalchemy import select

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.site import Site, online
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelving import shelf_in
from helpdesk_bot.storage.models import OutboxRow
from tests.conftest import NewAccount, NewPerson
from tests.e2e.migrations import PATIENCE, Migration, Town
from tests.e2e.world import World
from tests.playbooks.written import PLAYBOOKS


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with online() as site:
        yield site


@pytest.fixture
async def town(
    synapse: Synapse,
    new_account: NewAccount,
    new_person: NewPerson,
    site: Site,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """A helpdesk with the playbooks of this repository, a trainer (Tarik) and a technician (Sanne)."""
    account = await new_account("hulp")
    sanne, tarik = await new_person("sanne"), await new_person("tarik")
    folder = tmp_path_factory.mktemp("town")
    world = await World.make(synapse, account, folder, sanne.user_id, tarik.user_id)
    written = world.config_path.read_text()
    for before, after in (
        ("../playbooks", str(PLAYBOOKS)),
        ("allow: []", f"allow: ['127.0.0.1:{site.port}']"),
    ):
        assert before in written
        written = written.replace(before, after)
    world.config_path.write_text(written)
    await world.let_in(sanne, "noord.team", "overflow", "coordination")
    await world.let_in(tarik, "trainers")
    await world.bot.start()
    shelf = await shelf_in(world.config.playbooks.folder, world.config.data_dir)
    town = Town(world, shelf, tarik, sanne, {person.user_id: person for person in (sanne, tarik)})
    yield town
    await world.bot.stop()
    await town.db.close()


async def own_room(town: Town, walker: Person, *others: Person) -> str:
    """An encrypted room of an organisation, with the helpdesk as a guest."""
    people = [town.trainer, *others]
    bot = town.world.account.user_id
    room = await walker.create_room(
        name="Bestuur", encrypted=True, invite=[bot, *(p.user_id for p in people)]
    )
    for person in people:
        await person.accept_invite(room, PATIENCE)
    await walker.until(lambda: bot in walker.room(room).members("join"), "the helpdesk in the room", PATIENCE)
    town.people |= {person.user_id: person for person in (walker, *others)}
    return room


async def test_five_organisations_move(town: Town, site: Site, new_person: NewPerson) -> None:
    bot = town.world.account.user_id
    noor, bas, kees, lena, mo, deputy = [
        await new_person(name) for name in ("noor", "bas", "kees", "lena", "mo", "fenna")
    ]
    members = [await new_person(name, encrypts=False) for name in ("ada", "ben", "cas")]
    drive = Migration(
        "google-drive-to-nextcloud",
        "nl",
        noor,
        await own_room(town, noor),
        site.folder,
        {"host_url": site.url},
    )
    space = await own_room(town, bas, *members)
    whatsapp = Migration("whatsapp-to-element", "nl", bas, space, "", told={"space": space})
    town.people[kees.user_id] = kees
    direct = await kees.create_dm(bot)
    zoom = Migration("zoom-to-jitsi", "en", kees, direct, "", {"jitsi_url": site.url})
    vault = Migration(
        "password-manager", "nl", lena, await own_room(town, lena, deputy), "", {"vault_url": site.url}
    )
    trello = Migration("trello-to-wekan", "nl", mo, await own_room(town, mo), "", {"host_url": site.url})
    town.said.append(await kees.send(direct, "!language english"))
    await town.settled()
    runs = [drive, whatsapp, zoom, vault, trello]
    for run in runs:
        await town.begin(run)

    # The helpdesk finds a folder open to the world, and says so until Noor has closed it.
    await town.walk(runs, until=lambda: site.folder_seen)
    step = next(
        name for name, state in (await town.script(drive).look()).walk.states.items() if state is Step.FAILED
    )
    site.shared = False
    await town.walk(runs, until=lambda: len(vault.phases) >= 2 and len(trello.phases) >= 3)
    await town.world.quiet()

    # Lena, who did it all, is gone; Fenna stands in.
    town.said.append(
        await town.trainer.send(
            vault.room, f"!rol {vault.number} reserve {deputy.user_id}", mentions=[deputy.user_id]
        )
    )
    await town.settled()
    await lena.leave(vault.room)
    del town.people[lena.user_id]
    town.said.append(await mo.send(trello.room, f"!terugdraaien {trello.number} het bestuur wil niet meer"))
    await town.settled()
    await town.walk(runs)

    states = {run.playbook: await town.state(run) for run in runs}
    assert states.pop("trello-to-wekan") is Run.ROLLED_BACK
    assert set(states.values()) == {Run.FINISHED}
    for run in runs[:-1]:
        steps = (await town.script(run).look()).walk.states
        assert set(steps.values()) == {Step.VERIFIED}, run.playbook
        phases = {phase.id for phase in town.shelf.playbooks[run.playbook].open().phases}
        assert run.phases == phases, f"{run.playbook}: not started again in each part"
        assert run is not drive or steps[step] is Step.VERIFIED
    assert town.kills >= 3
    assert all("Helpdesk" in agent for _, agent in site.visits)
    await said_once_and_encrypted(town)


async def said_once_and_encrypted(town: Town) -> None:
    """As the homeserver has it: nothing that the helpdesk said is there twice, or can be read by it."""
    async with town.db.reading() as session:
        rows = (await session.scalars(select(OutboxRow).where(OutboxRow.kind == "send"))).all()
    assert {row.state for row in rows} <= {"sent", "replaced"}
    private = {
        room for person in town.people.values() for room in person.rooms if person.room(room).encrypted
    }
    with closing(sqlite3.connect(town.world.synapse.folder / "homeserver.db")) as database:
        found = database.execute(
            "SELECT event_id, type, room_id FROM events WHERE sender = ? AND state_key IS NULL",
            [town.world.account.user_id],
        ).fetchall()
    kinds = Counter(kind for _, kind, room in found if room in private)
    assert set(kinds) <= {"m.room.encrypted", "m.reaction", "m.room.redaction"}, kinds
    sent = {row.event_id for row in rows if row.state == "sent"}
    ours = {event for event, kind, _ in found if kind in ("m.room.encrypted", "m.room.message", "m.reaction")}
    assert ours == sent
