"""When the bot may write of its own accord. Answers, and whatever follows from what somebody did, come at any time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_bot.domain.worktime import Hours

# Whoever asked for help is not woken by a reminder, nor by news that can wait until the morning.
MORNING, EVENING = time(8), time(21)
# What is due exactly when a helpdesk closes, or takes a little longer, is still said that day.
AFTER_CLOSING = timedelta(hours=1)


def for_requesters(now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the next morning when it is night on the wall clock. UTC."""
    local = now.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() + timedelta(days=1 if local.time() >= EVENING else 0)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def for_helpers(now: datetime, hours: Hours) -> datetime:
    """`now` while they are there, or else when they are there again. UTC."""
    return now if hours.is_open(now) or hours.is_open(now - AFTER_CLOSING) else hours.opens(now)
