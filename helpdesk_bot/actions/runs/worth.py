"""What a finished run brought, for the figures of the week: as the playbook says, from what was asked and told."""

from typing import Any

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.playbooks.words import fill


def worth(walk: Walk) -> dict[str, Any]:
    """Numbers and names of tools; kept with the moment, so that a figure of an old week stays what it was. What nobody told
    counts for nothing."""
    value, tools = walk.playbook.value, walk.act.shelf.tools
    return {
        "left": [tools[name].name if name in tools else name for name in value.leaves],
        "people": _number(walk, value.people),
        "euros": _number(walk, value.euros_a_year),
    }


def _number(walk: Walk, written: str | int | None) -> int:
    try:
        return max(0, int(fill(str(written), walk.values())))
    except ValueError:
        return 0
