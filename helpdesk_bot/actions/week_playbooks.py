"""What is to be done about playbooks, said once a week: to the coordinators which are out of date or not in order, to those
who look after them what organisations said afterwards."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.left_out import left_out, some
from helpdesk_bot.playbooks.shelf import opened
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.storage.models import Run, RunRemark, Snapshot
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Quote, Rendered


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
    parts = left_out(act)
    if lines:
        parts = [act.words(None, "week.playbooks_late", n=len(lines)), some(act, None, lines), *parts]
    return parts


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
