"""Killed at each write boundary while people write: nothing may be lost, doubled or leaked. `make chaos` runs longer."""

from pathlib import Path

from benchmarks.chaos import chaos
from helpdesk_bot.boundaries import BOUNDARIES


async def test_nothing_is_lost_at_any_boundary(tmp_path: Path) -> None:
    result = await chaos(tmp_path, len(BOUNDARIES), pace=1.0, most_under_way=15, random_moments=False)

    assert result.clean, "\n".join(result.lines())
    assert result.kills.total() == len(BOUNDARIES)
    assert sum(result.messages.values()) > 0
    assert (
        sum(result.kills[boundary] for boundary in BOUNDARIES) >= len(BOUNDARIES) - 2
    )  # timing may spare one
