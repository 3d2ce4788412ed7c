"""What the helpdesk wants to know of a technician, in the order in which it asks."""

from enum import StrEnum


class Line(StrEnum):
    """One line of a profile. Each can be passed over, and changed later on its own."""

    SKILLS = "skills"
    LANGUAGES = "languages"
    PAID = "paid"
    STADSDELEN = "stadsdelen"
    MOST_OPEN = "most_open"
    QUIET = "quiet"
    SHOW_NAME = "show_name"
    LEARNING = "learning"


ASKED = (
    Line.SKILLS,
    Line.LANGUAGES,
    Line.PAID,
    Line.STADSDELEN,
    Line.MOST_OPEN,
    Line.QUIET,
    Line.SHOW_NAME,
)
MOST_AT_ONCE = 30  # tickets; nobody helps with more at the same time


def after(line: Line) -> Line | None:
    """What is asked next; None when that was the last."""
    place = ASKED.index(line) + 1
    return ASKED[place] if place < len(ASKED) else None


def place_of(line: Line) -> int:
    """Its number in the chat, from 1."""
    return ASKED.index(line) + 1
