"""The week's figures once more: plain loops over the generator's log. It shares no code with the report."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tests.reports.generator import STADSDELEN, TEAMS, WALKERS, ZONE, Months, Told, first_moment

SIDES = {room: stadsdeel or "city" for stadsdeel, room in TEAMS.items()}
_OPEN = ("new", "claimed", "waiting")


def ours(scope: str, stadsdeel: str | None) -> bool:
    return scope in ("city", stadsdeel)


def how_it_was(told: Told, moment: datetime) -> str | None:
    """Just before this moment: 'open', how it ended, 'merged', or None."""
    if not told.asked < moment:
        return None
    answer = "open"
    for step in told.story:
        if not step["at"] < moment:
            return answer
        if step["after"] in _OPEN:
            answer = "open"
        elif step["what"] == "solve":
            answer = "unanswered"
        elif step["what"] == "confirm":
            answer = "confirmed"
        elif step["what"] == "expire":
            answer = "expired"
        elif step["what"] == "merge":
            answer = "merged"
    return answer


def who_had_it(told: Told, moment: datetime) -> str | None:
    has: str | None = None
    for step in told.story:
        if not step["at"] < moment:
            break
        if step["what"] == "claim" and has is None:
            has = step["who"]
        if step["what"] == "hand_over":
            has = step["to"]
        if step["what"] in ("release", "requeue"):
            has = None
        if step["what"] in ("solve", "await") and has is None:
            has = step["who"]
    return has


def first(told: Told, *what: str) -> datetime | None:
    for step in told.story:
        if step["what"] in what:
            at: datetime = step["at"]
            return at
    return None


def judged(told: Told, promise: str) -> tuple[datetime, bool] | None:
    """When it was decided whether the promise was kept, and whether it was."""
    due = told.due[promise]
    if promise == "solve":
        due = next((step["due"] for step in told.story if "due" in step), due)
    if due is None:
        return None
    ended = first(told, "solve", "confirm", "expire")
    answered = first(told, "answer")
    claimed = first(told, "claim", "hand_over")
    kept_by = {"claim": [claimed, answered, ended], "answer": [answered, ended], "solve": [ended]}[promise]
    times = [at for at in kept_by if at is not None]
    if times and min(times) <= due:
        return min(times), True
    merged = first(told, "merge")
    if merged is not None and merged <= due:
        return None
    if not times and told.rests is not None and told.rests <= due:
        return None
    return due, False


def minutes_of(made: Months, scope: str, monday: date) -> list[dict[str, Any]]:
    where = {told.id: told.stadsdeel for told in made.tickets}
    days = [monday + timedelta(days=n) for n in range(7)]
    return [entry for entry in made.work if entry["day"] in days and ours(scope, where[entry["ticket"]])]


def counts(made: Months, scope: str, year: int, number: int) -> dict[str, Any]:
    begins = first_moment(year, number)
    monday = begins.astimezone(ZONE).date()
    after = monday + timedelta(days=7)
    ends = datetime(after.year, after.month, after.day, tzinfo=ZONE)
    found: dict[str, Any] = defaultdict(int)
    topics: dict[str, int] = defaultdict(int)
    for told in made.tickets:
        if ours(scope, told.stadsdeel):
            count_states(found, how_it_was(told, begins), how_it_was(told, ends))
            count_promises(found, told, begins, ends)
            count_marks(found, told, begins, ends)
            if begins <= told.asked < ends:
                found["new"] += 1
                topics[told.topic or "other"] += 1
    for entry in minutes_of(made, scope, monday):
        found["paid_minutes" if entry["paid"] else "volunteer_minutes"] += entry["minutes"]
        found["undecided_minutes"] += entry["minutes"] if entry["undecided"] else 0
    places = {one["id"]: one["stadsdeel"] for one in made.organisations}
    of_vouchers = {one["id"]: places[one["organisation"]] for one in made.vouchers}
    for entry in made.work:
        if entry["voucher"] and monday <= entry["day"] < after and ours(scope, of_vouchers[entry["voucher"]]):
            found["drawn_minutes"] += entry["minutes"]
    for promise, running in still_running(made, scope, ends).items():
        found[f"{promise}_running"] = running
    left = count_runs(found, made, scope, begins, ends)
    return {**found, "topics": dict(topics), "left_tools": left}


def count_runs(
    found: dict[str, Any], made: Months, scope: str, begins: datetime, ends: datetime
) -> dict[str, int]:
    places = {one["id"]: one["stadsdeel"] for one in made.organisations}
    left: dict[str, int] = defaultdict(int)
    for run in made.runs:
        where = places.get(run["organisation"]) or STADSDELEN[WALKERS.index(run["walker"])]
        if not ours(scope, where):
            continue
        was, became = "accepting", "accepting"
        worth: dict[str, Any] = {}
        for step in run["story"]:
            was = step["after"] if step["at"] < begins else was
            if step["at"] < ends:
                became, worth = step["after"], step["worth"] or worth
            found["begun_runs"] += step["what"] == "run_accept" and begins <= step["at"] < ends
        found["running_runs"] += became in ("running", "reconsidering", "paused", "returning")
        found["stopped_runs"] += became in ("stopped", "rolled_back") and was not in (
            "stopped",
            "rolled_back",
        )
        if became == "finished" and was != "finished":
            found["finished_runs"] += 1
            found["moved_people"] += worth["people"]
            found["saved_euros"] += worth["euros"]
            for tool in worth["left"]:
                left[tool] += 1
    return dict(left)


def count_states(found: dict[str, Any], was: str | None, became: str | None) -> None:
    ended = ("unanswered", "confirmed", "expired")
    found["open_before"] += was == "open"
    found["open"] += became == "open"
    if was in (None, "open") and became in ended:
        found["solved"] += 1
        found[str(became)] += 1
    found["merged"] += was != "merged" and became == "merged"
    found["reopened"] += was in ended and became in ("open", "merged")


def count_promises(found: dict[str, Any], told: Told, begins: datetime, ends: datetime) -> None:
    for promise in ("claim", "answer", "solve"):
        verdict = judged(told, promise)
        if verdict and begins <= verdict[0] < ends:
            found[f"{promise}_{'met' if verdict[1] else 'missed'}"] += 1


def count_marks(found: dict[str, Any], told: Told, begins: datetime, ends: datetime) -> None:
    last_mark = None
    for step in told.story:
        if begins <= step["at"] < ends:
            found["thanks"] += step["what"] == "thanked"
            last_mark = step.get("stars", last_mark)
    if last_mark is not None:
        found["ratings"] += 1
        found["stars"] += last_mark


def left(made: Months, scope: str, year: int, number: int) -> int:
    """Minutes on vouchers at the end of the week."""
    sunday = first_moment(year, number).astimezone(ZONE).date() + timedelta(days=6)
    night = sunday + timedelta(days=1)
    end = datetime(night.year, night.month, night.day, tzinfo=ZONE)
    places = {one["id"]: one["stadsdeel"] for one in made.organisations}
    total = 0
    for voucher in made.vouchers:
        ended = voucher["ended"] is not None and voucher["ended"] < end
        if not ours(scope, places[voucher["organisation"]]) or ended:
            continue
        if voucher["made"] >= end or voucher["expires"] <= sunday:
            continue
        used = sum(e["minutes"] for e in made.work if e["voucher"] == voucher["id"] and e["day"] <= sunday)
        total += max(0, voucher["minutes"] - used)
    return total


def longest(made: Months, scope: str, ends: datetime) -> list[tuple[int, datetime]]:
    waiting = []
    for told in made.tickets:
        if ours(scope, told.stadsdeel) and how_it_was(told, ends) == "open":
            since = told.asked
            for step in told.story:
                if step["at"] < ends and step["what"] in ("reopen", "requeue"):
                    since = step["at"]
            waiting.append((since, told.id))
    return [(number, since) for since, number in sorted(waiting)[:5]]


def still_running(made: Months, scope: str, ends: datetime) -> dict[str, int]:
    found = {"claim": 0, "answer": 0, "solve": 0}
    for told in made.tickets:
        if ours(scope, told.stadsdeel) and how_it_was(told, ends) == "open":
            for promise in found:
                verdict = judged(told, promise)
                if told.due[promise] is not None and (verdict is None or verdict[0] >= ends):
                    found[promise] += 1
    return found


def people(made: Months, scope: str, begins: datetime, ends: datetime) -> dict[str, list[int]]:
    """Per helper: in hand, solved, volunteer minutes, paid minutes."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for told in made.tickets:
        helper = who_had_it(told, ends)
        if helper is None or not ours(scope, told.stadsdeel):
            continue
        became = how_it_was(told, ends)
        if became == "open":
            rows[helper][0] += 1
        elif became != "merged" and how_it_was(told, begins) in (None, "open"):
            rows[helper][1] += 1
    for entry in minutes_of(made, scope, begins.astimezone(ZONE).date()):
        rows[entry["who"]][3 if entry["paid"] else 2] += entry["minutes"]
    return dict(rows)


def lending(made: Months, scope: str, begins: datetime, ends: datetime) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for told in made.tickets:
        claimed = first(told, "claim", "hand_over")
        by = SIDES[told.lent_to or told.team]
        if claimed is None or not begins <= claimed < ends or told.stadsdeel in (None, by):
            continue
        assert told.stadsdeel
        if scope in ("city", told.stadsdeel, by):
            found[told.stadsdeel, by] += 1
    return dict(found)


def hangs_on_one(made: Months, scope: str, ends: datetime) -> set[tuple[str, str, str | None]]:
    """What hangs on whom: the kind, which, and the person."""
    since = ends - timedelta(days=26 * 7)
    asked = [
        t
        for t in made.tickets
        if since <= t.asked < ends and not (t.story and t.story[-1]["after"] == "merged")
    ]
    helped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for told in asked:
        helper = who_had_it(told, datetime.max.replace(tzinfo=ZONE))
        if helper is None:
            continue
        if told.organisation is not None:
            helped["initiative", str(told.organisation)].append(helper)
        if told.topic is not None:
            helped["topic", told.topic].append(helper)
    found: set[tuple[str, str, str | None]] = set()
    for (kind, key), helpers in helped.items():
        busiest = max(set(helpers), key=lambda user: (helpers.count(user), user))
        if len(helpers) < 3 or helpers.count(busiest) * 100 < len(helpers) * 80:
            continue
        if kind == "initiative":
            one = next(o for o in made.organisations if str(o["id"]) == key)
            if one["backup"] or not ours(scope, one["stadsdeel"]):
                continue
        elif scope != "city":
            continue
        found.add((kind, key, busiest))
    return found
