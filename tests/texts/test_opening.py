"""Opening hours in words."""

from zoneinfo import ZoneInfo

import pytest

from helpdesk_bot.domain.worktime import Hours, Span
from helpdesk_bot.texts.render import Texts

TEXTS = Texts.load()
NINE_TO_FIVE, NEVER = (Span(540, 1020),), ()
BREAK = (Span(540, 750), Span(810, 1020))
EVENING = (Span(1140, 1440),)


@pytest.mark.parametrize(
    ("week", "dutch", "english"),
    [
        (
            (NINE_TO_FIVE,) * 5 + (NEVER, NEVER),
            "maandag tot en met vrijdag van 09:00 tot 17:00",
            "Monday to Friday from 09:00 to 17:00",
        ),
        (
            (BREAK, NEVER, NEVER, NEVER, EVENING, EVENING, NEVER),
            "maandag van 09:00 tot 12:30 en van 13:30 tot 17:00; vrijdag en zaterdag van 19:00 tot 24:00",
            "Monday from 09:00 to 12:30 and from 13:30 to 17:00; Friday and Saturday from 19:00 to 24:00",
        ),
        (((Span(0, 1440),),) * 7, "dag en nacht", "day and night"),
    ],
)
def test_in_words(week: tuple[tuple[Span, ...], ...], dutch: str, english: str) -> None:
    hours = Hours(week, ZoneInfo("Europe/Amsterdam"))
    for language, words in (("nl", dutch), ("en", english)):
        said = TEXTS.say(language, "opening.days", days=hours, times="x").body
        assert said == f"{words} x"
