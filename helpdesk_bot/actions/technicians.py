"""How people help: what is remembered of it, and how a line of it is changed."""

from dataclasses import dataclass

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.profile import Line
from helpdesk_bot.domain.quiet import Quiet
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Technician
from helpdesk_bot.storage.people import in_team_rooms
from helpdesk_bot.texts.render import Rendered
from helpdesk_bot.texts.spoken import language_name


@dataclass(frozen=True, slots=True)
class MostOpen:
    """How many tickets somebody wants at once; None for as many as is usual here."""

    number: int | None


# What a line can be set to: choices out of a list, yes or no (with None for 'not said'), a number, hours.
Value = list[str] | bool | MostOpen | Quiet | None


async def technician_of(act: Act, user_id: str) -> Technician:
    """What is known of how somebody helps; a first, empty profile when there is none."""
    technician = await act.session.get(Technician, user_id)
    if technician is None:
        technician = Technician(
            user_id=user_id,
            skills=[],
            learning=[],
            languages=[],
            stadsdelen=[],
            quiet_days=[],
            show_name=True,
            created_at=act.now,
            changed_at=act.now,
        )
        act.session.add(technician)
        await act.session.flush()
    return technician


def about(user_id: str) -> str:
    """What the timers of a technician are about."""
    return f"technician:{user_id}"


def topics(act: Act) -> dict[str, frozenset[str]]:
    """What somebody can be good at: the ids, in the order in which they are shown, with their names as they are compared."""
    names: dict[str, frozenset[str]] = {}
    for topic in act.topics.ids:
        known = {topic}
        for language in act.texts.languages:
            whole = topic_name(act, topic, language)
            known |= {
                whole,
                *whole.replace(",", " & ").replace(" en ", " & ").replace(" and ", " & ").split("&"),
            }
        names[topic] = frozenset(plain_key(name) for name in known) - {""}
    return names


def topic_name(act: Act, topic: str, language: str) -> str:
    """A topic that was taken out of the configuration since is still called something."""
    return act.topics.name(topic, language) if topic in act.topics.ids else topic


def topic_choices(act: Act, language: str) -> str:
    """'1 mail, 2 agenda, …': what people may answer, by number or by name."""
    return ", ".join(
        f"{n} {topic_name(act, topic, language)}" for n, topic in enumerate(topics(act), start=1)
    )


def set_line(act: Act, technician: Technician, line: Line, value: Value) -> None:
    """Changes one line of a profile; the caller has read `value` for this very line."""
    match line, value:
        case ((Line.SKILLS | Line.LEARNING | Line.LANGUAGES | Line.STADSDELEN), list()):
            setattr(technician, line.value, list(value))
        case (Line.PAID, bool() | None):
            technician.paid = value
        case (Line.SHOW_NAME, bool()):
            technician.show_name = value
        case (Line.MOST_OPEN, MostOpen()):
            technician.most_open = value.number
        case (Line.QUIET, Quiet()):
            technician.quiet_from, technician.quiet_until = value.start, value.until
            technician.quiet_days, technician.quiet_said = list(value.days), value.hours_said
        case _:
            raise TypeError(f"{line} can't be a {type(value).__name__}")
    technician.changed_at = act.now


def said(act: Act, technician: Technician, line: Line, language: str) -> Rendered:
    """One line in words, as its owner reads it."""
    match line:
        case Line.SKILLS | Line.LEARNING:
            chosen = technician.skills if line is Line.SKILLS else technician.learning
            names = [topic_name(act, topic, language) for topic in chosen]
            return _listed(act, language, names, f"profile.{line}_none")
        case Line.LANGUAGES:
            names = [language_name(code, language) for code in technician.languages]
            return _listed(act, language, names, "profile.languages_none")
        case Line.STADSDELEN:
            names = [act.layout.name_of(id_) or id_ for id_ in technician.stadsdelen]
            return _listed(act, language, names, "profile.stadsdelen_none")
        case Line.PAID:
            which = {True: "paid", False: "volunteer", None: "unknown"}[technician.paid]
            return act.words(language, f"profile.paid_{which}")
        case Line.MOST_OPEN:
            if technician.most_open is None:
                return act.words(language, "profile.most_open_usual", most=act.config.helping.most_open)
            return act.words(language, "profile.most_open_number", n=technician.most_open)
        case Line.QUIET:
            return _quiet(act, technician, language)
        case Line.SHOW_NAME:
            return act.words(language, f"profile.show_name_{'yes' if technician.show_name else 'no'}")


def _listed(act: Act, language: str, names: list[str], nothing: str) -> Rendered:
    return act.words(language, "profile.listed", names=names) if names else act.words(language, nothing)


def _quiet(act: Act, technician: Technician, language: str) -> Rendered:
    days = [act.words(language, f"weekday.{day}") for day in technician.quiet_days]
    hours = {"start": technician.quiet_from, "until": technician.quiet_until}
    usual = None if technician.quiet_said else usual_rest(act)
    if usual:
        key, hours = "profile.quiet_usual_both" if days else "profile.quiet_usual", usual
    elif technician.quiet_from:
        key = "profile.quiet_both" if days else "profile.quiet_hours"
    else:
        key = "profile.quiet_days" if days else "profile.quiet_none"
    return act.words(language, key, **hours, days=days)


def usual_rest(act: Act) -> dict[str, str | None]:
    """The hours at which whoever says nothing rests; empty when there are none here."""
    rest = act.config.helping.rest
    return {"start": f"{rest.start:%H:%M}", "until": f"{rest.until:%H:%M}"} if rest else {}


async def technicians_here(act: Act) -> list[str]:
    """Everybody in a team room that gives a role, but the bot."""
    users = await in_team_rooms(act.session, act.layout)
    return [user for user in users if user != act.setting.bot]


async def still_helps(act: Act, user_id: str) -> bool:
    return (await standing_of(act.session, act.layout, user_id)).technician


async def unmet(act: Act) -> list[str]:
    """Who sits in a team room, is not away, and was never asked how they want to help."""
    here = await technicians_here(act)
    known = await act.session.scalars(select(Technician).where(Technician.user_id.in_(here)))
    passed = {t.user_id for t in known if t.met_at is not None or (t.away_from and t.away_from <= act.now)}
    return [user for user in here if user not in passed]
