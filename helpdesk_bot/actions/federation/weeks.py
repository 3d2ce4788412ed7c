"""The week of several helpdesks: each tells the others its sums, without anything about a person, and both sides of what was lent
count the same."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation import comparing
from helpdesk_bot.actions.federation.speaking import name_of, say
from helpdesk_bot.actions.week_telling import place_of
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.domain.weeks import Week, last_finished
from helpdesk_bot.protocol.words import Week as Word
from helpdesk_bot.reports.scope import CITY
from helpdesk_bot.reports.week import reckon
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Peer, PeerWeek
from helpdesk_bot.texts.render import Rendered

# What is added up. All are counts of questions, plans or minutes; `moved_people` of fewer than five is left out.
SUMMED = ("new", "solved", "reopened", "open", "volunteer_minutes", "paid_minutes", "finished_runs")
FEWEST = 5
SHOWN = ("new", "solved", "open")


async def tell(act: Act) -> None:
    """As soon as a week is over, once to each; again while the two don't count the same."""
    week = last_finished(act.now, act.texts.zone)
    due = [peer for peer in await _partners(act) if not (peer.week_told or "").startswith(f"{week} ")]
    if not due:
        return
    figures = await _sums(act, week)
    for peer in due:
        lent, borrowed = await _between(act, peer, week)
        if await say(act, peer, Word(begins=week.monday, figures=figures, lent=lent, borrowed=borrowed)):
            peer.week_told = _told(week, lent, borrowed)


def _told(week: Week, lent: int, borrowed: int) -> str:
    return f"{week} {lent} {borrowed}"


async def _sums(act: Act, week: Week) -> dict[str, int | None]:
    now = (await reckon(act.session, place_of(act), CITY, week)).now
    sums: dict[str, int | None] = {name: getattr(now, name) for name in SUMMED}
    sums["moved_people"] = now.moved_people if now.moved_people >= FEWEST or not now.moved_people else None
    return sums


async def _partners(act: Act) -> list[Peer]:
    return [peer for peer in await federation.peers(act.session, Trust.TRUSTED) if peer.trusts]


async def _between(act: Act, peer: Peer, week: Week) -> tuple[int, int]:
    """How many questions of ours they took over in that week, and how many of theirs we did."""
    zone = act.texts.zone
    return await federation.lent_between(act.session, peer.user_id, week.begins(zone), week.ends(zone))


async def heard(act: Act, peer: Peer, word: Word) -> None:
    """Keeps what they told of a week, in the place of what they told of it before."""
    row = await act.session.get(PeerWeek, (peer.user_id, word.begins))
    if row is None:
        row = PeerWeek(peer=peer.user_id, begins=word.begins)
        act.session.add(row)
    row.figures, row.lent, row.borrowed, row.heard_at = dict(word.figures), word.lent, word.borrowed, act.now
    if not await _agrees(act, peer, row):
        await comparing.soon(act, peer)


async def look_again(act: Act) -> None:
    """Each hour: whoever does not count the same, or heard from us what we don't count any more, hears again what we count."""
    week = last_finished(act.now, act.texts.zone)
    for peer in await _partners(act):
        row = await act.session.get(PeerWeek, (peer.user_id, week.monday))
        outdated = peer.week_told != _told(week, *await _between(act, peer, week))
        if outdated or (row is not None and not await _agrees(act, peer, row)):
            peer.week_told = None


async def _agrees(act: Act, peer: Peer, row: PeerWeek) -> bool:
    lent, borrowed = await _between(act, peer, Week.of(row.begins))
    return (row.lent, row.borrowed) == (borrowed, lent)


async def words(act: Act, week: Week, language: str | None) -> list[Rendered]:
    """What coordinators read of it: what was lent and borrowed, and the sums of all, saying whose are missing."""
    partners = await _partners(act)
    if not partners:
        return []
    lines, here, missing = [], [], []
    for peer in partners:
        row = await act.session.get(PeerWeek, (peer.user_id, week.monday))
        lines.append(await _line(act, peer, week, row, language))
        if row is None:
            missing.append(name_of(peer))
        else:
            here.append((name_of(peer), row.figures))
    lines.append(await _sum(act, week, here, language))
    if missing:
        lines.append(act.words(language, "week.federation_missing", helpdesks=missing))
    return [act.words(language, "week.federation"), act.texts.bullets(lines)]


async def _line(act: Act, peer: Peer, week: Week, row: PeerWeek | None, language: str | None) -> Rendered:
    lent, borrowed = await _between(act, peer, week)
    line = act.words(language, "week.federation_peer", helpdesk=name_of(peer), lent=lent, borrowed=borrowed)
    if row is None or (row.lent, row.borrowed) == (borrowed, lent):
        return line
    differs = act.words(language, "week.federation_differs", lent=row.borrowed, borrowed=row.lent)
    return act.texts.join([line, differs])


async def _sum(
    act: Act, week: Week, here: list[tuple[str, dict[str, int | None]]], language: str | None
) -> Rendered:
    ours = await _sums(act, week)
    every = [ours, *(figures for _, figures in here)]
    total = {name: sum(figures.get(name) or 0 for figures in every) for name in SHOWN}
    names = [act.setting.name, *(name for name, _ in here)]
    return act.words(language, "week.federation_sum", helpdesks=names, **total)
