"""Says which files of the playbooks are not in order, so that nobody can use what is in them."""

from collections.abc import Sequence

from helpdesk_bot.actions.context import Act
from helpdesk_bot.playbooks.shelf import LeftOut
from helpdesk_bot.playbooks.tools import TOOLS_FILE
from helpdesk_bot.texts.render import Quote, Rendered

MOST = 5  # by name


def left_out(act: Act, language: str | None = None) -> list[Rendered]:
    """Paragraphs for those who can mend it; none when all is in order."""
    found = [_line(act, language, one) for one in act.shelf.left_out]
    if not found:
        return []
    return [act.words(language, "library.left_out", n=len(found)), some(act, language, found)]


def some(act: Act, language: str | None, lines: Sequence[Rendered]) -> Rendered:
    """The first, and how many more there are."""
    more = len(lines) - MOST
    shown = list(lines[:MOST]) + ([act.words(language, "library.left_out_more", n=more)] if more > 0 else [])
    return act.texts.bullets(shown)


def _line(act: Act, language: str | None, one: LeftOut) -> Rendered:
    """The remedy is that of the check, which speaks English as the files do. The catalogue it shows only with all the rest."""
    command = "helpdesk playbook check"
    if one.file != TOOLS_FILE:
        command += f" {act.config.playbooks.folder.name}/{one.file}"
    return act.words(
        language,
        "library.left_out_file",
        file=one.file,
        line=one.line,
        remedy=Quote(one.remedy),
        command=command,
    )
