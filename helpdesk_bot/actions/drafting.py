"""A solved question becomes the draft of a playbook, for a trainer to finish: what helped once can help others."""

from collections.abc import Sequence

from sqlalchemy import select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.anonymous import Known, anonymous
from helpdesk_bot.domain.anonymous_patterns import Kind
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.people import PRIVATE_RULES, Standing
from helpdesk_bot.domain.tickets import FINISHED, subject_of
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.draft import Source, draft, name_of
from helpdesk_bot.playbooks.words import NEEDED
from helpdesk_bot.storage.files import Made
from helpdesk_bot.storage.models import Member, Message, Organisation, Person, Room, Ticket

MIMETYPE = "application/yaml"  # RFC 9512


async def make_playbook(act: Act, ticket: Ticket, who: Standing) -> None:
    """Puts the draft in the trainers' room. Raises UserError when the question is not finished, nothing was answered to it, or
    there is no such room that is as safe as the one in which it was asked."""
    if ticket.status not in FINISHED:
        raise UserError("draft.not_solved", number=ticket.id)
    said = await _said(act, ticket)
    room = await _room_for_it(act, ticket, said)
    source = await _source(act, ticket, said)
    if not source.answers:
        raise UserError("draft.no_answers", number=ticket.id)
    data = draft(source, act.today).encode()
    file = f"{name_of(source)}.yaml"
    words = act.words(
        None, "draft.made", number=ticket.id, name=await act.name(who.user_id), file=file, id=name_of(source)
    )
    await act.post_file(room, words, Made(file, MIMETYPE, data=data))
    act.record(ticket, who.user_id, "drafted")


async def _said(act: Act, ticket: Ticket) -> Sequence[Message]:
    """What was said between the two; notes of helpers stay where they are."""
    query = select(Message).where(
        Message.ticket_id == ticket.id,
        Message.direction.in_((relay.QUESTION, relay.ANSWER)),
        Message.deleted_at.is_(None),
        Message.text.is_not(None),
    )
    return (await act.session.scalars(query.order_by(Message.id))).all()


async def _room_for_it(act: Act, ticket: Ticket, said: Sequence[Message]) -> str:
    """The trainers' room. What was asked in an encrypted room, or in one of which that isn't known, goes into one only."""
    room = await act.session.get(Room, act.layout.trainers) if act.layout.trainers else None
    if room is None:
        raise UserError("draft.no_trainers")
    if room.join_rule not in PRIVATE_RULES:
        raise UserError("draft.trainers_open")
    asked_in = {ticket.room_id, *(one.room_id for one in said if one.direction == relay.QUESTION)}
    clear = select(Room.room_id).where(Room.room_id.in_(asked_in), Room.encrypted.is_(False))
    if not room.encrypted and asked_in - set((await act.session.scalars(clear)).all()):
        raise UserError("draft.not_encrypted", number=ticket.id)
    return room.room_id


async def _source(act: Act, ticket: Ticket, said: Sequence[Message]) -> Source:
    """Without names. The subject is that of the question: another one may have been written by a helper, for helpers."""
    known = await _known(act, ticket, said)

    def nameless(one: Message) -> tuple[str, str]:
        text = one.text or ""
        language = guess(text, NEEDED) or ticket.language
        words = {kind: act.texts.word(language, f"anonymous.{kind}") for kind in Kind}
        return language, anonymous(text, known, words)

    questions = [nameless(one)[1] for one in said if one.direction == relay.QUESTION]
    answers = [nameless(one) for one in said if one.direction == relay.ANSWER]
    tools = [
        tool
        for text in [*questions, *(text for _, text in answers)]
        for line in text.splitlines()
        for tool in search.tools_named(act.shelf.tools, line)
    ]
    return Source(
        ticket.id,
        ticket.language,
        subject_of("\n".join(questions[:1])),
        "\n".join(questions),
        answers,
        list(dict.fromkeys(tool.id for tool in tools if tool.kind == "bigtech")),
        list(dict.fromkeys(tool.id for tool in tools if tool.kind != "bigtech")),
        ticket.topic,
    )


async def _known(act: Act, ticket: Ticket, said: Sequence[Message]) -> Known:
    """Everybody and every organisation that the helpdesk knows: a helper may speak of others than whoever asked. Who asked
    are several, when a colleague's question was merged into this one."""
    bot = act.setting.bot
    people = [
        *(await act.session.execute(select(Person.user_id, Person.name))),
        *(await act.session.execute(select(Member.user_id, Member.name))),
    ]
    names = {name for user, name in people if name and user != bot}
    users = {user for user, _ in people} | {ticket.requester, ticket.opened_by}
    names |= {user[1:].partition(":")[0] for user in users if user != bot}
    organisations = (await act.session.execute(select(Organisation.id, Organisation.name))).all()
    asked = {ticket.requester, *(one.sender for one in said if one.direction == relay.QUESTION)}
    of_people = select(Person.organisation_id).where(Person.user_id.in_(asked))
    theirs = {ticket.organisation_id, *(await act.session.scalars(of_people))}
    rooms = await act.session.execute(select(Room.room_id, Room.name).where(Room.name.is_not(None)))
    return Known.of(
        names,
        {name for _, name in organisations},
        asking={name for number, name in organisations if number in theirs},
        rooms={name for room, name in rooms if name and act.layout.kind(room) is None},
        tools={name for tool in act.shelf.tools.values() for name in (tool.name, *tool.names)},
    )
