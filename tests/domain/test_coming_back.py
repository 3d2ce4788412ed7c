"""Which sentences are a promise to come back on a day, and which only sound like one. Monday 23 November 2026."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain import coming_back

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Ik kom er dinsdag op terug.", 24),
        ("Ik kom daar woensdag op terug, goed?\nFijne dag!", None),
        ("Dinsdag kom ik erop terug", 24),
        ("morgen bel ik je", 24),
        ("Ik bel je morgen om 10 uur.", 24),
        ("We bellen jullie donderdag.", 26),
        ("Ik laat je vrijdag weten hoe het zit.", 27),
        ("Ik heb er vandaag naar gekeken, ik bel je donderdag.", 26),
        ("Als je wilt, ik bel je donderdag", None),
        ("Ik bel je maandag om 16:00.", 23),
        ("Ik kijk naar je mail van afgelopen vrijdag.", None),
        ("Dat zoek ik morgen voor je uit!", 24),
        ("Ik zal je woensdag mailen.", 25),
        ("Ik ga er overmorgen naar kijken.", 25),
        ("Je hoort dinsdag van mij.", 24),
        ("Morgen hoor je van ons.", 24),
        ("Ik stuur je de handleiding vanavond.", 24),
        ("Ik bel je morgenavond.", 25),
        ("I'll call you tonight.", 24),
        ("Ik kijk er vandaag nog even naar.", 23),
        ("Ik neem morgen contact met je op.", 24),
        ("Ik kom er volgende week op terug.", 4),
        ("Donderdag kom ik bij jullie langs.", 26),
        ("Dank voor de foto. Ik reageer morgen. Groet, Sanne", 24),
        ("I'll get back to you on Tuesday.", 24),
        ("I’ll come back to you Tuesday", 24),
        ("I will call you tomorrow at 3pm.", 24),
        ("We'll let you know on Friday.", 27),
        ("You'll hear from me tomorrow.", 24),
        ("I am going to look at it on Wednesday.", 25),
        ("I'll send you the steps today.", 23),
        ("We will follow up next week.", 4),
    ],
)
def test_a_promise(sentence: str, day: int | None) -> None:
    found = coming_back.find(sentence, NOW, AMSTERDAM)
    if day is None:
        assert found is None
    else:
        assert found == (date(2026, 12, day) if day < 23 else date(2026, 11, day))


@pytest.mark.parametrize(
    "sentence",
    [
        "Kun je dinsdag bellen?",
        "Bel je mij dinsdag?",
        "Zullen we dinsdag bellen?",
        "Kom ik er dinsdag op terug?",
        "Als het dan niet werkt, bel ik je dinsdag.",
        "Ik kan dinsdag niet.",
        "Ik bel je dinsdag niet, want dan ben ik vrij.",
        "Dinsdag ben ik er niet.",
        "Misschien bel ik je morgen.",
        "Ik probeer er morgen naar te kijken.",
        "Ik denk dat ik er dinsdag op terugkom.",
        "Laat je het me dinsdag weten.",
        "Stuur me morgen een foto.",
        "Wil je morgen nog eens kijken?",
        "Zij komt er dinsdag op terug.",
        "De winkel komt dinsdag langs.",
        "Ik heb je gisteren gebeld.",
        "Ik kom uit Noord en woensdag is de markt.",
        "Ik bel je nog.",
        "Ik kom erop terug.",
        "Het werkt dinsdag weer.",
        "Mocht het misgaan, dan kom ik morgen langs.",
        "> Ik bel je dinsdag\nDat is goed.",
        "Can you call me on Tuesday?",
        "Call me tomorrow.",
        "If it fails I'll call you on Tuesday.",
        "I can't call you on Tuesday.",
        "I won't be back on Tuesday.",
        "Maybe I'll get back to you tomorrow.",
        "I called you on Tuesday.",
        "They will get back to you on Tuesday.",
        "You will get a new password on Tuesday.",
        "I'll get back to you.",
        "",
    ],
)
def test_no_promise(sentence: str) -> None:
    assert coming_back.find(sentence, NOW, AMSTERDAM) is None


@pytest.mark.parametrize("hour", [7, 9, 15])
def test_on_a_monday_monday_is_next_week(hour: int) -> None:
    found = coming_back.find("Ik kom er maandag op terug.", NOW.replace(hour=hour), AMSTERDAM)
    assert found == date(2026, 11, 30)


moments = st.builds(lambda minutes: NOW + timedelta(minutes=minutes), st.integers(0, 4 * 365 * 1440))


@given(st.text(), moments)
def test_a_day_is_never_in_the_past(text: str, now: datetime) -> None:
    for sentence in (text, f"Ik bel je {text}", f"I'll call you {text}"):
        found = coming_back.find(sentence, now, AMSTERDAM)
        assert found is None or found >= now.astimezone(AMSTERDAM).date()
