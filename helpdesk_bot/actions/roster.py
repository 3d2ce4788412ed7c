"""A team at a glance, for its own people and coordinators: never what somebody keeps to themselves, such as when they sleep."""

from sqlalchemy import select

from helpdesk_bot.actions import technicians
from helpdesk_bot.actions.being_away import in_words
from helpdesk_bot.actions.candidates import habits_of
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.departure import room_name
from helpdesk_bot.domain.availability import is_away, is_quiet
from helpdesk_bot.storage import workload
from helpdesk_bot.storage.models import Member, Technician
from helpdesk_bot.texts.render import Rendered


async def team(act: Act, room_id: str, language: str) -> Rendered:
    """Who is in a team room: tickets in hand, away until when, volunteer or paid, and skills."""
    query = select(Member).where(Member.room_id == room_id, Member.membership == "join")
    members = [m for m in await act.session.scalars(query) if m.user_id != act.setting.bot]
    users = [member.user_id for member in members]
    known = await act.session.scalars(select(Technician).where(Technician.user_id.in_(users)))
    profiles = {technician.user_id: technician for technician in known}
    loads = await workload.in_hand(act.session, users)
    head = act.words(language, "team.head", room=room_name(act, room_id, language), n=len(users))
    if not users:
        return head
    names = sorted([(await act.name(user, room_id), user) for user in users])
    lines = [_line(act, name, profiles.get(user), loads.get(user, 0), language) for name, user in names]
    return act.texts.join([head, act.texts.bullets(lines)])


def _line(act: Act, name: str, technician: Technician | None, load: int, language: str) -> Rendered:
    facts = [_load(act, technician, load, language)]
    facts += _there(act, technician, language)
    if technician is not None:
        if technician.paid is not None:
            facts.append(act.words(language, f"profile.paid_{'paid' if technician.paid else 'volunteer'}"))
        skills = [technicians.topic_name(act, topic, language) for topic in technician.skills]
        facts += [act.words(language, "team.skills", skills=skills)] if skills else []
    words = "; ".join(fact.body for fact in facts)
    return act.words(language, "team.line", name=name, facts=words)


def _load(act: Act, technician: Technician | None, load: int, language: str) -> Rendered:
    return act.words(language, "team.load", n=load, most=habits_of(act, technician).most_open)


def _there(act: Act, technician: Technician | None, language: str) -> list[Rendered]:
    """Away, or quiet at this moment; no more than that is anybody's business."""
    habits = habits_of(act, technician)
    if is_away(habits, act.now):
        if habits.away_until is None:
            return [act.words(language, "team.away")]
        return [act.words(language, "team.away_until", until=in_words(act, habits.away_until))]
    if habits.away_from is not None and habits.away_from > act.now:
        return [act.words(language, "team.away_from", start=in_words(act, habits.away_from))]
    quiet = is_quiet(habits, act.now, act.texts.zone)
    return [act.words(language, "team.quiet")] if quiet else []
