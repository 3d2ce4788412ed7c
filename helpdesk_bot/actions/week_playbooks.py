"""What is to be done about playbooks, said once a week: to the coordinators which are out of date or not in order, to those
who look after them what organisations said afterwards."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.playbooks.shelf import LeftOut, opened
from helpdesk_bot.playbooks.tools import TOOLS_FILE
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.storage.models import Run, RunRemark, Snapshot
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Quote, Rendered

MOST = 5  # of each, by name


def to_mend(act: Act) -> list[Rendered]:
    """Paragraphs for the coordinators; none when all is in order."""
    late = sorted(
        (one for one in act.shelf.playbooks.values() if one.review_by < act.today),
        key=lambda one: one.review_by,
    )
    lines = [
        act.words(
            None,
            "week.playbook_late",
            title=_own(act, one.title),
            id=one.id,
            owner=one.owner,
            day=one.review_by,
            late=act.today - one.review_by,
        )
        for one in late
    ]
    broken = [_left_out(act, one) for one in act.shelf.left_out]
    parts = []
    for key, found in (("week.playbooks_late", lines), ("week.playbooks_left_out", broken)):
        if found:
            parts += [act.words(None, key, n=len(found)), _some(act, found)]
    return parts


def _left_out(act: Act, one: LeftOut) -> Rendered:
    """The remedy is that of the check, which speaks English as the files do. The catalogue it shows only with all the rest."""
    command = "helpdesk playbook check"
    if one.file != TOOLS_FILE:
        command += f" {act.config.playbooks.folder.name}/{one.file}"
    return act.words(
        None,
        "week.playbook_left_out",
        file=one.file,
        line=one.line,
        remedy=Quote(one.remedy),
        command=command,
    )


def _some(act: Act, lines: Sequence[Rendered]) -> Rendered:
    more = len(lines) - MOST
    shown = list(lines[:MOST]) + ([act.words(None, "week.more_playbooks", n=more)] if more > 0 else [])
    return act.texts.bullets(shown)


async def bring_remarks(act: Act, since: datetime) -> None:
    """To the trainers' room, by playbook: what was answered to its questions since then, without who said it."""
    query = (
        select(RunRemark.question, RunRemark.text, Snapshot.text, Snapshot.sha256)
        .join(Run, Run.id == RunRemark.run_id)
        .join(Snapshot, Snapshot.sha256 == Run.sha256)
        .where(RunRemark.at >= since)
        .order_by(RunRemark.question, RunRemark.text)  # not by run, which would tell who says what
    )
    said: dict[str, list[Rendered]] = defaultdict(list)
    for question, text, snapshot, sha256 in await act.session.execute(query):
        playbook = opened(snapshot, sha256)
        asked = playbook.retrospective
        if asked is None or question is None or question >= len(asked.questions):
            continue
        if playbook.id not in said:
            title = _own(act, playbook.title)
            said[playbook.id].append(act.words(None, "remarks.playbook", title=title, owner=playbook.owner))
        words = _own(act, asked.questions[question])
        said[playbook.id].append(act.words(None, "run.later.answer", question=words, said=Quote(text)))
    if not said:
        return
    parts = [
        act.words(None, "remarks.head"),
        *(part for _, of_one in sorted(said.items()) for part in of_one),
    ]
    room = act.layout.trainers or act.layout.coordination
    await act.post(room, act.texts.join(parts), notify=True, priority=Urgency.TEAM)


def _own(act: Act, words: Mapping[str, str]) -> Rendered:
    return act.texts.own(None, in_language(words, act.texts.default))
