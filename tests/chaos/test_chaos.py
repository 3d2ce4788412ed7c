"""Killed at each write boundary while people write: nothing may be lost, doubled or leaked. `make chaos` runs longer."""

import re
from pathlib import Path

import helpdesk_bot
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.run import chaos
from helpdesk_bot.boundaries import ALL, BOUNDARIES, OUTSIDE_BOUNDARIES

# That of files takes a picture of the week: see tests/matrix/test_send_files.py.
PLACES = BOUNDARIES + OUTSIDE_BOUNDARIES


async def test_nothing_is_lost_at_any_boundary(tmp_path: Path) -> None:
    plan = Plan(
        len(PLACES),
        boundaries=PLACES,
        random_moments=False,
        most_passages=5,
        slow=False,
        pace=1.0,
        most_under_way=15,
    )
    result = await chaos(tmp_path, plan)

    assert result.clean, "\n".join(result.lines())
    assert all(result.kills[boundary] for boundary in PLACES)
    assert sum(result.messages.values()) > 0


def test_each_boundary_in_the_code_has_a_name_that_can_be_armed() -> None:
    package = Path(helpdesk_bot.__file__).parent
    passed = {
        name
        for file in package.rglob("*.py")
        for name in re.findall(r'\bpassing\("([^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert passed == set(ALL)
