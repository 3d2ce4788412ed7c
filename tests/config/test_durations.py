"""Lengths of time, as people write them."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.config import Config, durations, load
from tests.config.written import SMALL, written


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10m", timedelta(minutes=10)),
        ("14d", timedelta(days=14)),
        ("1h 30m", timedelta(minutes=90)),
        ("1H30M", timedelta(minutes=90)),
        ("2w", timedelta(weeks=2)),
        ("0s", timedelta()),
        ("PT10M", timedelta(minutes=10)),
        ("P1DT2H", timedelta(hours=26)),
        ("P2W", timedelta(weeks=2)),
    ],
)
def test_as_people_write_them(text: str, length: timedelta) -> None:
    assert durations.parse(text) == length


@pytest.mark.parametrize("text", ["", "10", "m", "ten minutes", "-5m", "1.5h", "P", "PT", "P1DT", "9999999d"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"length of time|longer"):
        durations.parse(text)


@given(st.integers(0, 300_000_000))
def test_written_and_read_again(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert durations.parse(durations.write(length)) == length


def test_dumped_as_they_are_written(tmp_path: Path) -> None:
    dumped = load(written(tmp_path, SMALL)).model_dump(mode="json")
    assert dumped["finishing"]["reopen_within"] == "2w"
    assert Config.model_validate({**dumped, "data_dir": "/x"}).finishing.reopen_within == timedelta(days=14)
