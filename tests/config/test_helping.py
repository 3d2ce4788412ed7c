"""When nobody is asked who has not said so, as the configuration has it."""

from datetime import time
from pathlib import Path

import pytest

from helpdesk_bot.config import Config, load
from helpdesk_bot.domain.availability import Rest
from tests.config.written import SMALL, complaints, written


@pytest.mark.parametrize(
    ("written_as", "rest"),
    [
        ("22:00-08:00", Rest(time(22), time(8))),
        ("'23.30 - 7:00'", None),
        ("23:30 - 7:00", Rest(time(23, 30), time(7))),
        ("01:00–06:00", Rest(time(1), time(6))),
        ("false", False),
        ("22:00", None),
        ("22:00-24:00", None),
        ("22:00-22:00", None),
        ("true", None),
        ("at night", None),
    ],
)
def test_the_usual_hours_of_rest(tmp_path: Path, written_as: str, rest: Rest | bool | None) -> None:
    text = f"{SMALL}helping:\n  rest: {written_as}\n"
    if rest is None:
        [found] = complaints(tmp_path, text)
        assert found.startswith("18:9 helping.rest is not a time such as 22:00-08:00")
        return
    config = load(written(tmp_path, text))
    assert config.helping.rest == (rest or None)
    again = Config.model_validate(config.model_dump(mode="json"))
    assert again.helping == config.helping


def test_at_night_when_nothing_is_written(tmp_path: Path) -> None:
    assert load(written(tmp_path, SMALL)).helping.rest == Rest(time(22), time(8))
