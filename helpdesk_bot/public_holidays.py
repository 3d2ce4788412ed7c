"""Public holidays of a country, by day and name.

The library that knows them keeps those of every country in memory, 11 MB; the helpdesk needs some dozens of days. So a
process of its own looks them up, once:

    python -m helpdesk_bot.public_holidays NL
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

YEARS = range(2020, 2061)
SECONDS = 60.0  # it takes less than one
# As the library calls the languages that the helpdesk speaks; in any other it says them in the country's own.
_LANGUAGES = {"nl": "nl", "en": "en_US"}
_OWN = ""  # the country's own language

Names = Mapping[str, str]  # by language


def is_known(country: str) -> bool:
    """Whether this is the code of a country whose holidays are known."""
    return _looked_up(country) is not None


def days(country: str) -> frozenset[date]:
    """All of them. Raises KeyError for a country that is not known."""
    return frozenset(_named(country))


def between(country: str | None, begin: date, end: date, language: str) -> dict[date, str]:
    """Those from `begin` up to and including `end`, by name; None has none. Raises KeyError as `days`."""
    if country is None:
        return {}
    named = _named(country)
    span = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return {day: named[day].get(language, named[day][_OWN]) for day in span if day in named}


def _named(country: str) -> Mapping[date, Names]:
    found = _looked_up(country)
    if found is None:
        raise KeyError(country)
    return found


@lru_cache
def _looked_up(country: str) -> Mapping[date, Names] | None:
    looked = subprocess.run(
        [sys.executable, "-m", __name__, country], stdout=subprocess.PIPE, check=True, timeout=SECONDS
    )
    found = json.loads(looked.stdout)
    return None if found is None else {date.fromisoformat(day): names for day, names in found.items()}


def _look_up(country: str) -> dict[str, dict[str, str]] | None:
    import holidays

    if country not in holidays.list_supported_countries():
        return None
    found: dict[str, dict[str, str]] = {}
    for ours, theirs in {_OWN: None, **_LANGUAGES}.items():
        for day, name in holidays.country_holidays(country, years=YEARS, language=theirs).items():
            found.setdefault(day.isoformat(), {})[ours] = name
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_look_up(sys.argv[1])))
