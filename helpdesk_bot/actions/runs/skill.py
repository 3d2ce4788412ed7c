"""What whoever helps with a step should know, so that it is brought to somebody who does."""

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.playbooks.tools import topic_of


def topic(walk: Walk, name: str) -> str | None:
    """What a question about this step is about: the topic that the playbook names, or the one that its tool belongs to. A
    helpdesk that makes a tool a topic of its own is asked for that."""
    wanted, act = walk.written(name).help.skill, walk.act
    if wanted is None or wanted in act.topics.ids:
        return wanted
    found = act.shelf.tools.get(wanted)
    return topic_of(found) if found is not None else None


def tool(walk: Walk, name: str) -> str | None:
    """What the tool is called; None when the step is about none of the catalogue."""
    found = walk.act.shelf.tools.get(walk.written(name).help.skill or "")
    return found.name if found is not None else None
