"""A solved question becomes the draft of a playbook, for a trainer to finish: what helped once can help others."""

from sqlalchemy import select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.anonymous import Kind, Known, anonymous
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import FINISHED
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.draft import Source, draft, name_of
from helpdesk_bot.storage.files import Made
from helpdesk_bot.storage.models import Member, Message, Organisation, Person, Technician, Ticket

MIMETYPE = "application/yaml"  # RFC 9512


async def make_playbook(act: Act, ticket: Ticket, who: Standing) -> None:
    """Puts the draft in the trainers' room. Raises UserError when the question is not finished, nothing was answered to it, or
    there is no such room."""
    if ticket.status not in FINISHED:
        raise UserError("draft.not_solved", number=ticket.id)
    if act.layout.trainers is None:
        raise UserError("draft.no_trainers")
    source = await _source(act, ticket)
    if not source.answers:
        raise UserError("draft.no_answers", number=ticket.id)
    data = draft(source, act.today).encode()
    words = act.words(
        None, "draft.made", number=ticket.id, name=await act.name(who.user_id), file=f"{name_of(source)}.yaml"
    )
    await act.post_file(act.layout.trainers, words, Made(f"{name_of(source)}.yaml", MIMETYPE, data=data))
    act.record(ticket, who.user_id, "drafted")


async def _source(act: Act, ticket: Ticket) -> Source:
    """What was said between the two; notes of helpers stay where they are."""
    query = select(Message).where(
        Message.ticket_id == ticket.id,
        Message.direction.in_((relay.QUESTION, relay.ANSWER)),
        Message.deleted_at.is_(None),
        Message.text.is_not(None),
    )
    said = (await act.session.scalars(query.order_by(Message.id))).all()
    known = await _known(act, ticket)
    words = {kind: act.texts.word(ticket.language, f"anonymous.{kind}") for kind in Kind}

    def nameless(text: str | None) -> str:
        return anonymous(text or "", known, words)

    questions = "\n".join(nameless(one.text) for one in said if one.direction == relay.QUESTION)
    answers = [nameless(one.text) for one in said if one.direction == relay.ANSWER]
    tools = [
        tool
        for text in [questions, *answers]
        for line in text.splitlines()
        for tool in search.tools_named(act.shelf.tools, line)
    ]
    return Source(
        ticket.id,
        ticket.language,
        nameless(ticket.subject),
        questions,
        answers,
        list(dict.fromkeys(tool.id for tool in tools if tool.kind == "bigtech")),
        list(dict.fromkeys(tool.id for tool in tools if tool.kind != "bigtech")),
    )


async def _known(act: Act, ticket: Ticket) -> Known:
    """Everybody who is in a room with the question, every helper, and every organisation."""
    rooms = {ticket.room_id, *act.layout.staff_rooms}
    members = select(Member.user_id, Member.name).where(
        Member.room_id.in_(rooms), Member.user_id != act.setting.bot
    )
    others = select(Person.user_id, Person.name).where(
        Person.user_id.in_({ticket.requester, ticket.opened_by})
        | Person.user_id.in_(select(Technician.user_id))
    )
    people = [row for query in (members, others) for row in await act.session.execute(query)]
    names = {name for user, name in people if name} | {user[1:].partition(":")[0] for user, _ in people}
    names.add(ticket.requester[1:].partition(":")[0])
    return Known(names, set((await act.session.scalars(select(Organisation.name))).all()))
