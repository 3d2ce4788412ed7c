"""The beginning of a playbook, made of a question that was solved: what helped stands in it, all else is still to be written."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk_bot.domain.topics import TOPICS
from helpdesk_bot.playbooks.rules import MOST_STEPS
from helpdesk_bot.playbooks.words import NEEDED, TO_WRITE

MOST_LINES = 5
LONGEST_LINE, LONGEST_TITLE = 900, 80  # characters
_LOOK_AGAIN = timedelta(days=182)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKUP = str.maketrans({"{": "(", "}": ")", "*": "", "`": "'", "_": " ", "<": "(", ">": ")"})
_NO_YAML = re.compile(r"[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdef\ufdf0-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Source:
    """What the draft is made of, with nobody's name in it. `language`: of the question; each answer comes with its own.
    `leaves`, `reaches`: ids of tools. `topic`: what whoever helps should know about."""

    number: int
    language: str
    subject: str
    question: str
    answers: Sequence[tuple[str, str]]
    leaves: Sequence[str]
    reaches: Sequence[str]
    topic: str | None = None


def name_of(source: Source) -> str:
    return f"draft-{source.number}"


def draft(source: Source, today: date) -> str:
    """YAML in the format of playbooks. Whatever somebody wrote is quoted: none of it is read as YAML or as markup."""
    answers = [(language, lines) for language, said in source.answers if (lines := _lines(said))]
    steps = "".join(
        _step(source, at, language, lines)
        for at, (language, lines) in enumerate(answers[:MOST_STEPS] or [(source.language, [])], 1)
    )
    asked = "".join(f"#   {line}\n" for line in _lines(source.question, 20))
    subject = " ".join(_lines(source.subject, 1))[:LONGEST_TITLE]
    more = f"# {len(answers) - MOST_STEPS} more answers are not in it.\n" if answers[MOST_STEPS:] else ""
    return f"""\
# yaml-language-server: $schema=./schema.json
# A draft, made of question {source.number} by the helpdesk. Read all of it: a machine does not see everything that tells who it
# was about. Write what has {TO_WRITE} in it, give the file and the id a name that says what it does, and run
# `helpdesk playbook check`. What was asked:
{asked}{more}schema: playbook/v1
id: {name_of(source)}
version: 0.1.0
title: {_both(source.language, f"{TO_WRITE} {subject}", f"{TO_WRITE} title")}
summary: {_to_write("een regel", "one line")}
from: {json.dumps(list(source.leaves))}
to: {json.dumps(list(source.reaches))}
audience: {{size: "3-50", level: non-technical}}
effort: {{initiative: 2h, technician: 1h, trainer: 1h, elapsed: 7d}}
owner: trainers
review_by: {today + _LOOK_AGAIN}
sources:  # where it stands, who says so (primary, secondary or unverified), and when you looked
  - {{url: "https://{TO_WRITE}", seen: {today}, confidence: unverified}}
losses:
  - {_to_write("wat ze voorgoed kwijtraken", "what they lose for good")}
phases:
  - id: migrate
    title: {_to_write("naam van dit deel", "name of this part")}
    steps:
{steps}"""


def _step(source: Source, at: int, language: str, lines: Sequence[str]) -> str:
    how = [_both(language, line, f"{TO_WRITE} translate") for line in lines] or [
        _to_write("wat je doet", "what you do")
    ]
    needs = f"\n        needs: [step-{at - 1}]" if at > 1 else ""
    listed = "".join(f"\n          - {line}" for line in how)
    # A topic of this helpdesk alone is none elsewhere.
    topic = source.topic if source.topic in TOPICS else None
    skill = f"        help: {{skill: {json.dumps(topic)}}}\n" if topic else ""
    return f"""\
      - id: step-{at}
        title: {_to_write("wat je doet", "what to do")}
        why: {_to_write("in een zin", "in one sentence")}
        how:{listed}
        role: initiative
        helps: [trainer]{needs}
        minutes: 20
        verify:
          check: {_to_write("wat er te zien is", "what there is to see")}
          by: trainer
        rollback:
          how:
            - {_to_write("hoe je teruggaat", "how you go back")}
{skill}"""


def _lines(text: str, most: int = MOST_LINES) -> list[str]:
    """Its sentences; what is more than `most` stands in the last."""
    said = [" ".join(_NO_YAML.sub(" ", part).translate(_MARKUP).split()) for part in _SENTENCE.split(text)]
    said = [part for part in said if any(c.isalnum() for c in part)]
    if len(said) > most:
        said = [*said[: most - 1], " ".join(said[most - 1 :])]
    return [
        part
        if len(part) <= LONGEST_LINE
        else f"{TO_WRITE} {part[:LONGEST_LINE]}…"  # somebody makes it shorter
        for part in said
    ]


def _both(language: str, theirs: str, other: str) -> str:
    """Their words in their language; the other language is still to be written."""
    texts = {code: theirs if code == language else other for code in NEEDED}
    if language not in NEEDED:
        texts[NEEDED[0]] = f"{TO_WRITE} {theirs}"
    return json.dumps(texts, ensure_ascii=False)


def _to_write(dutch: str, english: str) -> str:
    return _both("nl", f"{TO_WRITE} {dutch}", f"{TO_WRITE} {english}")
