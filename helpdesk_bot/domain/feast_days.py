"""Public holidays. Days on which people would rather not be on duty without having been told."""

from datetime import date, timedelta

# As `holidays` calls the languages that the helpdesk speaks; in any other it says them in the country's own.
_LANGUAGES = {"nl": "nl", "en": "en_US"}


def feast_days(country: str | None, begin: date, end: date, language: str) -> dict[date, str]:
    """The public holidays from `begin` up to and including `end`, by name. `country`: its two letters; None: of none."""
    if country is None:
        return {}
    from holidays import country_holidays  # only here: it takes 17 MB

    years = range(begin.year, end.year + 1)
    known = country_holidays(country, years=years, language=_LANGUAGES.get(language))
    days = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return {day: str(known[day]) for day in days if day in known}
