"""A run begins: the playbook as it is now is kept, people get their roles, and the organisation hears what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with, has_left
from helpdesk_bot.actions.runs import accepting
from helpdesk_bot.actions.runs.card import post_card
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER, Walk
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.plan import Answer, plan_of
from helpdesk_bot.playbooks.shelf import Shelved
from helpdesk_bot.storage import access, runs
from helpdesk_bot.storage.models import Member, Organisation, Room, Run, RunRole, RunStep


@dataclass(frozen=True, slots=True)
class Party:
    """Who walks: the person who answers for the organisation, which one that is if it is known, and where they talk.

    `room_id` None: in a chat of their own.
    """

    person: str
    organisation_id: int | None
    room_id: str | None


async def party_of(act: Act, user_id: str, room_id: str | None = None) -> Party:
    """`room_id`: where the trainer said so, when that is a room of the organisation's own. Else it is the room of that
    organisation in which this person is; and without one, a chat of their own."""
    person = await act.person(user_id)
    here = await act.session.get(Room, room_id) if room_id else None
    if here is not None:
        return Party(user_id, here.organisation_id or person.organisation_id, here.room_id)
    own = None
    if person.organisation_id is not None:
        query = select(Room).where(Room.organisation_id == person.organisation_id, Room.membership == "join")
        for room in (await act.session.scalars(query.order_by(Room.room_id))).all():
            kind = await access.room_kind(act.session, act.layout, room.room_id)
            if kind is RoomKind.OWN and not await has_left(act, room.room_id, user_id):
                own = room.room_id
                break
    return Party(user_id, person.organisation_id, own)


async def missing(act: Act, shelved: Shelved, party: Party) -> list[str]:
    """What the playbook requires, and this organisation has not finished: ids of playbooks."""
    required = [one.playbook for one in shelved.open().requires]
    if party.organisation_id is None:
        return required
    return [name for name in required if not await runs.has_done(act.session, party.organisation_id, name)]


async def start(
    act: Act,
    shelved: Shelved,
    party: Party,
    inputs: Mapping[str, Answer],
    trainer: str,
    cohort_id: int | None = None,
) -> Run:
    """Begins it: the status card, and what the organisation loses, for somebody to accept."""
    await runs.keep(act.session, shelved)
    room_id = party.room_id or await chat_with(act, await act.person(party.person))
    run = Run(
        playbook=shelved.id,
        sha256=shelved.sha256,
        cohort_id=cohort_id,
        organisation_id=party.organisation_id,
        room_id=room_id,
        language=await act.language_of(party.person),
        state=State.ACCEPTING,
        inputs=dict(inputs),
        threaded=party.room_id is not None,
        started_by=trainer,
        started_at=act.now,
    )
    act.session.add(run)
    await act.session.flush()
    for place, planned in enumerate(plan_of(shelved.open(), inputs), 1):
        act.session.add(RunStep(run_id=run.id, step=planned.id, place=place, state=Step.TODO, since=act.now))
    act.session.add(RunRole(run_id=run.id, role=INITIATIVE, user_id=party.person))
    act.session.add(RunRole(run_id=run.id, role=TRAINER, user_id=trainer))
    await act.session.flush()
    walk = await Walk.of(act, run)
    walk.record(trainer, "started", playbook=shelved.id, version=shelved.version)
    member = await act.session.get(Member, (room_id, party.person))
    if member is not None and member.membership == "join":
        walk.record(party.person, accepting.ARRIVED)
    await post_card(walk)
    await accepting.ask(walk)
    return run


async def organisation_name(act: Act, party: Party) -> str:
    if party.organisation_id is not None:
        return (await act.session.get_one(Organisation, party.organisation_id)).name
    return await act.name(party.person)
