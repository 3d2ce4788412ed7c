"""The beginning of a playbook: in order but for the texts, which somebody has still to write."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from string import Template

_LOOK_AGAIN = timedelta(days=182)  # menus and prices of tools change


def skeleton(name: str, leaves: Sequence[str], to: Sequence[str], first: Sequence[str], today: date) -> str:
    """`leaves`, `to`: ids of tools, from which and to which it goes. `first`: ids of playbooks that come before it."""
    text = Path(__file__).with_name("skeleton.yaml").read_text("utf-8")
    return Template(text).substitute(
        name=name,
        leaves=", ".join(leaves),
        to=", ".join(to),
        requires=", ".join(f"{{playbook: {one}}}" for one in first),
        review_by=today + _LOOK_AGAIN,
        seen=today,
    )
