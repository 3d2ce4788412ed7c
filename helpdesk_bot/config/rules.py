"""What must hold between settings that are each right by themselves."""

from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from helpdesk_bot.config import panic
from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.config.durations import write_work
from helpdesk_bot.config.models import Config
from helpdesk_bot.config.opening import a_week
from helpdesk_bot.config.topic_rules import broken_topics
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.tickets import Priority

# What may follow the question mark: those arguments of asyncpg.connect() that make sense as text (see there), the one
# that SQLAlchemy's dialect reads itself ("Prepared Statement Cache" in its documentation), and libpq's sslmode, which
# becomes ssl.
_OPTIONS = (
    *("host", "port", "ssl", "sslmode", "user", "password", "passfile"),
    *("target_session_attrs", "prepared_statement_cache_size"),
)
_SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# libpq's options for certificates, which asyncpg reads from the environment only.
_CERTIFICATES = frozenset({"sslrootcert", "sslcert", "sslkey", "sslcrl"})

WEEKS = 52


def broken(config: Config) -> Iterator[Broken]:
    yield from _stadsdelen(config)
    yield from _rooms(config)
    yield from _order(config)
    yield from _opening(config)
    yield from _targets(config)
    yield from broken_topics(config)
    yield from panic.broken(config.panic, {part.id for part in config.stadsdelen})
    if config.database.url:
        yield from database_url(config.database.url)
    languages = config.helpdesk.languages
    for at, language in enumerate(languages):
        if language in languages[:at]:
            yield Broken(("helpdesk", "languages", at), f"{language} is here twice", "Keep one of the two.")


def _stadsdelen(config: Config) -> Iterator[Broken]:
    for at, part in enumerate(config.stadsdelen):
        if part.id == "city":
            yield Broken(
                ("stadsdelen", at, "id"), "'city' stands for the whole city", "Give it a name of its own."
            )
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for at, part in enumerate(config.stadsdelen):
        if part.id in ids:
            yield Broken(
                ("stadsdelen", at, "id"),
                f"{part.id} is the id of {ids[part.id]} as well",
                "Give it its own id.",
            )
        ids.setdefault(part.id, part.name)
        own: list[tuple[Route, str]] = [
            (("stadsdelen", at, "id"), part.id),
            (("stadsdelen", at, "name"), part.name),
        ]
        own += [(("stadsdelen", at, "aliases", n), alias) for n, alias in enumerate(part.aliases)]
        for route, name in own:
            other = names.setdefault(plain_key(name), part.id)
            if other != part.id:
                yield Broken(
                    route,
                    f"'{name}' is a name of '{other}' as well",
                    "Keep it at one of them; a question must have one place to go.",
                )


def _rooms(config: Config) -> Iterator[Broken]:
    used: dict[str, str] = {}
    places: list[tuple[Route, str | None]] = [
        (("rooms", name), getattr(config.rooms, name)) for name in type(config.rooms).model_fields
    ]
    for at, part in enumerate(config.stadsdelen):
        places += [(("stadsdelen", at, "help_room"), part.help_room)]
        places += [(("stadsdelen", at, "team_room"), part.team_room)]
    for route, room in places:
        if room is None:
            continue
        words = ".".join(str(step) for step in route)
        if room in used:
            yield Broken(
                route,
                f"this room is used as {used[room]} as well",
                "Give each purpose its own room: who is in it decides who may do and read what.",
            )
        used.setdefault(room, words)


def _order(config: Config) -> Iterator[Broken]:
    steps = ("remind_after", "warn_after", "close_after")
    for first, then in pairwise(steps):
        if getattr(config.finishing, first) >= getattr(config.finishing, then):
            yield Broken(
                ("finishing", then),
                f"must be longer than {first}",
                "First a reminder, then a warning, then the end.",
            )
    if config.undecryptable.tell_after >= config.undecryptable.give_up_after:
        yield Broken(
            ("undecryptable", "give_up_after"),
            "must be longer than tell_after",
            "People are told first; the bot goes on trying for a while.",
        )


def _opening(config: Config) -> Iterator[Broken]:
    """Everywhere somebody is there often enough for what is promised to come true within a year."""
    longest = max(config.targets.of(priority).solve for priority in Priority)
    places: list[tuple[Route, str | None]] = [(("opening_hours",), None)]
    places += [
        (("stadsdelen", at, "opening_hours"), part.id)
        for at, part in enumerate(config.stadsdelen)
        if part.opening_hours
    ]
    for route, stadsdeel in places:
        opening = config.opening(stadsdeel)
        in_a_week = a_week(opening)
        if not in_a_week:
            yield Broken(route, "is never open", "Write at least one time, such as monday: 09:00-17:00.")
        elif longest > in_a_week * WEEKS:
            what = f"is too little for what is promised ({write_work(longest)} of working time)"
            yield Broken(route, what, "Open more often, or give the targets less time.")
        for day in set(opening.open_on) & set(opening.closed_on):
            yield Broken((*route, "open_on"), f"{day} is in closed_on as well", "Keep one of the two.")


def _targets(config: Config) -> Iterator[Broken]:
    for priority in Priority:
        target = config.targets.of(priority)
        for first, then in (("claim", "answer"), ("answer", "solve")):
            if getattr(target, first) > getattr(target, then):
                yield Broken(
                    ("targets", priority.value, then),
                    f"must not be shorter than {first}",
                    "First somebody takes it up, then they answer, then it is solved.",
                )


def database_url(url: str, *, secret_allowed: bool = False) -> Iterator[Broken]:
    """What is wrong with the address of a database."""
    route: Route = ("database", "url")
    try:
        parts = make_url(url)
        driver = parts.drivername
    except (ArgumentError, ValueError):
        yield Broken(
            route,
            "is not the address of a database",
            "Write postgresql://user@host/name, or leave it out for SQLite.",
        )
        return
    if driver.partition("+")[0] not in {"sqlite", "postgresql"}:
        yield Broken(route, f"'{driver}' is not a database this works with", "Use SQLite or PostgreSQL.")
    elif driver.partition("+")[2] not in {"", "aiosqlite", "asyncpg"}:
        yield Broken(
            route, f"'{driver}' is not a driver this works with", "Leave out what follows the plus sign."
        )
    elif driver.startswith("postgresql"):
        yield from _options(route, parts)
    if not secret_allowed and (parts.password is not None or "password" in parts.query):
        yield Broken(
            route,
            "holds a password",
            "Take the address out of this file; set HELPDESK_DATABASE_URL_FILE to a file (mode 600) that holds it.",
        )


def _options(route: Route, parts: URL) -> Iterator[Broken]:
    for name in parts.query:
        if name in _CERTIFICATES:
            yield Broken(
                route,
                f"'{name}' can't be part of the address",
                f"Take it out, and set PG{name.upper()} in the environment of the helpdesk instead.",
            )
        elif name not in _OPTIONS:
            yield Broken(
                route,
                f"'{name}' is not an option of the address of a database",
                f"Take it out. What is known here: {', '.join(_OPTIONS)}.",
            )
    for name in ("ssl", "sslmode"):
        if name in parts.query and parts.query[name] not in _SSL:
            yield Broken(route, f"{name} has an unknown value", f"Use one of: {', '.join(_SSL)}.")
    if "ssl" in parts.query and "sslmode" in parts.query:
        yield Broken(route, "has both ssl and sslmode", "They say the same; keep one of the two.")
