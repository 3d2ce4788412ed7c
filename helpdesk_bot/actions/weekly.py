"""Monday at nine: the week that is over, for the city and every stadsdeel in which something happened, in the coordinators'
room. It is ticked off as read; nobody did so by Wednesday: one reminder.

Each scope has a timer of its own, and each sets the next: nothing is posted twice, and after a long stop only the last
week is told. The others are named, and can be asked for.
"""

from datetime import timedelta

from helpdesk_bot.actions import week_playbooks
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import weeks as federation_weeks
from helpdesk_bot.actions.week_telling import Told, place_of, prepared, tell, voice_of
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.weeks import MONDAY, WEDNESDAY, Week, last_finished, named, next_opening
from helpdesk_bot.reports.scope import CITY
from helpdesk_bot.reports.week_details import scope_name
from helpdesk_bot.reports.week_text import View
from helpdesk_bot.storage import timers, weeks
from helpdesk_bot.storage.models import WeekPost
from helpdesk_bot.storage.outbox import Urgency, row_ref
from helpdesk_bot.texts.render import Rendered

TIMER, UNREAD = "week", "week_unread"
TIME_TO_READ = timedelta(days=1)  # at least, when it was told late


async def plan(act: Act) -> None:
    """Sets the Monday of every scope that has none, in the order in which they are to be told."""
    for scope in place_of(act).scopes:
        if await timers.moment(act.session, _about(scope), TIMER) is None:
            await _plan_next(act, scope)


async def post(act: Act, scope: str) -> None:
    """Tells the last week that is over. A scope that is not in the configuration any more ends here."""
    place = place_of(act)
    if scope not in place.scopes:
        return
    await _plan_next(act, scope)
    week = last_finished(act.now, place.zone)
    if await weeks.told(act.session, scope, str(week)) is not None:
        return
    told = await prepared(act, scope, week, View.INSIDE, None)
    if scope != CITY and told.figures.is_quiet:
        return
    last = await weeks.last_told(act.session, scope)
    closing = [*_missed(told, last), told.voice.say("week.how_to_read")]
    if scope == CITY:
        closing[:0] = [*await federation_weeks.words(act, week, None), *week_playbooks.to_mend(act)]
        await week_playbooks.bring_remarks(act, last.posted_at if last else told.figures.begins)
    row = await tell(act, act.layout.coordination, told, *closing, notify=scope == CITY)
    posted = WeekPost(scope=scope, week=str(week), outbox_id=row, posted_at=act.now)
    act.session.add(posted)
    await act.session.flush()
    wednesday = next_opening(told.figures.ends, WEDNESDAY, place.zone)
    await timers.set_moment(act.session, UNREAD, f"week:{posted.id}", max(wednesday, act.now + TIME_TO_READ))


async def remind(act: Act, key: str) -> None:
    """Once, and not about a week that lies behind another one."""
    post = await act.session.get(WeekPost, int(key))
    if post is None or post.read_at is not None or post.reminded_at is not None:
        return
    if post.week != str(last_finished(act.now, act.texts.zone)):
        return
    post.reminded_at = act.now
    week, scope = _named(act, post, None)
    await _in_thread(act, post, act.words(None, "week.unread", week=week.number, scope=scope), notify=True)


async def read(act: Act, post: WeekPost, who: Standing) -> None:
    """A coordinator has read it, and the others see that."""
    week, scope = _named(act, post, None)
    before = post.read_by if post.read_at is not None else None
    if before == who.user_id:
        return
    name = await act.name(before or who.user_id, act.layout.coordination)
    if before is None:
        _tick_off(act, post, who)
    key = "week.read" if before is None else "week.read_before"
    await _in_thread(act, post, act.words(None, key, name=name, week=week.number, scope=scope))


async def read_all(act: Act, who: Standing, language: str) -> Rendered:
    """Every week that is still unread; says which."""
    posts = await weeks.unread(act.session)
    if not posts:
        return act.words(language, "week.nothing_to_read")
    what = []
    for post in posts:
        week, scope = _named(act, post, language)
        _tick_off(act, post, who)
        what.append(act.words(language, "week.one", week=week.number, scope=scope))
    name = await act.name(who.user_id, act.layout.coordination)
    return act.words(language, "week.read_all", name=name, what=what)


def _tick_off(act: Act, post: WeekPost, who: Standing) -> None:
    post.read_by, post.read_at = who.user_id, act.now


def _missed(told: Told, last: WeekPost | None) -> list[Rendered]:
    """Weeks that nobody told while the helpdesk stood still. Said once, with the city's."""
    if told.figures.scope != CITY or last is None:
        return []
    between: list[str] = []
    week = told.figures.week.before()
    while str(week) > last.week:
        between.insert(0, str(week.number))
        week = week.before()
    if not between:
        return []
    return [told.voice.say("week.missed", n=len(between), weeks=between, example=between[-1])]


async def _plan_next(act: Act, scope: str) -> None:
    await timers.set_moment(act.session, TIMER, _about(scope), next_opening(act.now, MONDAY, act.texts.zone))


async def _in_thread(act: Act, post: WeekPost, text: Rendered, *, notify: bool = False) -> None:
    await act.post(
        act.layout.coordination, text, thread=row_ref(post.outbox_id), notify=notify, priority=Urgency.TEAM
    )


def _named(act: Act, post: WeekPost, language: str | None) -> tuple[Week, str]:
    week = named(post.week, act.now, act.texts.zone)
    assert week is not None
    return week, scope_name(post.scope, place_of(act), voice_of(act, language))


def _about(scope: str) -> str:
    return f"week:{scope}"
