"""`!week noord 46`: the figures of a week. Everything for coordinators among themselves, a team's own for a team."""

from helpdesk_bot.actions import week_notes
from helpdesk_bot.actions.federation import weeks as federation_weeks
from helpdesk_bot.actions.week_telling import place_of, prepared, tell, voice_of
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.domain.weeks import MONDAY, NoSuchWeek, Week, last_finished, named, next_opening
from helpdesk_bot.errors import UserError
from helpdesk_bot.reports.scope import CITY
from helpdesk_bot.reports.week_details import scope_name
from helpdesk_bot.reports.week_text import View
from helpdesk_bot.storage import weeks


async def run(call: Call) -> None:
    scope, week = _asked_for(call)
    view, scope = _may_see(call, scope)
    told = await prepared(call.act, scope, week, view, call.language)
    closing = []
    if view is View.INSIDE and (post := await weeks.told(call.act.session, scope, str(week))):
        closing = await week_notes.said_about(call.act, post, told.voice)
    if view is View.INSIDE and scope == CITY:
        closing = [*await federation_weeks.words(call.act, week, call.language), *closing]
    incoming = call.incoming
    await tell(call.act, incoming.room_id, told, *closing, thread=incoming.thread, reply=incoming.event_id)


def _may_see(call: Call, asked: str | None) -> tuple[View, str]:
    """How much, and of what. In a team room others read along: only that team's, and nobody's own figures."""
    place = place_of(call.act)
    if call.room is RoomKind.TEAM:
        ours = place.side(call.incoming.room_id)
        if asked not in (None, ours):
            voice = voice_of(call.act, call.language)
            raise UserError("error.week_elsewhere", scope=scope_name(ours, place, voice))
        return View.TEAM, ours
    if not call.who.coordinator or call.room is RoomKind.TRAINERS:
        raise UserError("error.week_in_team_room")
    return View.INSIDE, asked or CITY


def _asked_for(call: Call) -> tuple[str | None, Week]:
    """The scope, if one is named, and the week. Raises UserError for what is neither, or is not over."""
    scope, rest = _scope(call, call.rest.replace(",", " "))
    now, zone = call.act.now, call.act.texts.zone
    last = last_finished(now, zone)
    if not rest or plain_key(rest) in call.act.texts.word_list(None, "words.last_week"):
        return scope, last
    try:
        this = plain_key(rest) in call.act.texts.word_list(None, "words.this_week")
        week = Week.at(now, zone) if this else named(rest, now, zone)
    except NoSuchWeek:
        raise UserError("error.no_such_week", words=rest) from None
    if week is None:
        choices = [stadsdeel.name for stadsdeel in call.act.layout.stadsdelen]
        raise UserError("error.which_week", words=call.rest, stadsdeel=choices[0], choices=choices)
    if week > last:
        comes = next_opening(week.ends(zone), MONDAY, zone)
        raise UserError("error.week_not_over", week=week.number, moment=comes)
    return scope, week


def _scope(call: Call, words: str) -> tuple[str | None, str]:
    """The stadsdeel or the city, wherever it stands, and what is left: 'noord 46' and '46 noord' are the same."""
    layout, parts = call.act.layout, words.split()
    city = call.act.texts.word_list(None, "words.whole_city")
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size + 1):
            piece = " ".join(parts[start : start + size])
            rest = " ".join(parts[:start] + parts[start + size :])
            if plain_key(piece) in city:
                return CITY, rest
            if any(c.isalpha() for c in piece) and _is_a_name(call, piece):
                found = layout.find(piece)
                return (found.id if found else None), rest
    return None, words.strip()


def _is_a_name(call: Call, words: str) -> bool:
    """Whether these words are a stadsdeel's name and nothing else."""
    names = (name for s in call.act.layout.stadsdelen for name in (s.id, s.name, *s.aliases))
    return plain_key(words) in {plain_key(name) for name in names}


COMMAND = Command("week", ("week",), ("week",), run, For.TECHNICIAN, inside=True)
