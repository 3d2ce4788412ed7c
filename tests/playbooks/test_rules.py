"""Each rule broken once: what is said has the file, the line, and what to do."""

from pathlib import Path

import pytest

from helpdesk_bot.domain.topics import TOPICS
from helpdesk_bot.playbooks.loading import library
from helpdesk_bot.playbooks.tools import topic_of
from tests.playbooks.written import MOVE, TOOLS, changed, findings, line_of, whole_shelf, written

STEP = MOVE[MOVE.index("      - id: invite") : MOVE.index("  - id: cutover\n")]
# What stood there, what stands there now, words of the line that is named, what is said, and what to do.
BROKEN = [
    ("- id: cutover", "- id: prepare", "- id: prepare\n    title: {nl: Omz", "comes after migrate", "order is"),
    ("key: paid", "key: users", "key: users, label: {nl: Betalen", "is there twice", "a key of its own"),
    ("type: boolean", "type: choice", "type: choice}", "has choices without being one", "needs `choices:`"),
    ("type: boolean", "type: boolean, min: 1", "min: 1}", "has no least or most", "Take out"),
    ("min: 1, max", "min: 99, max", "min: 99", "is more than `max`", "Turn them"),
    ("value: by-app", "value: by-hand", "choices:", "hold 'by-hand' twice", "a value of its own"),
    ("id: cancel", "id: count", "id: count\n        title: {nl: Zeg", "'count' is there already", "a name of"),
    ("id: invite", "id: start", "id: start", "can't be 'start'", "choose another"),
    ("needs: [look]", "needs: [loook]", "needs: [loook]", "'loook' is no step here", "Known are: count"),
    ("needs: [look]", "needs: [lock]", "needs: [lock]", "'lock' comes later", "stands above"),
    ("needs: [look]", "needs: [carry]", "needs: [carry]", "is the step itself", "stands above"),
    ("after: count", "after: counting", "after: counting", "'counting' is no step here", "Known are"),
    ("after: count", "after: carry", "after: carry", "'carry' comes later", "stands above"),
    ("input: paid", "input: payed", "input: payed", "'payed' is no input here", "Known are: users, paid"),
    ("is: true}", "is: 3}", "is: 3}", "'paid' is never that", "It is a boolean"),
    ("is: by-hand", "is: by-foot", "is: by-foot", "'way' is never that", "It is a choice"),
    ("helps: [trainer]", "helps: [initiative]", "helps: [initiative]", "that does the step", "Take that one out"),
    ("type: number, key: there", "type: choice, key: there", "type: choice, key", "has choices", "choices:`"),
    ("until: cutover", "until: learn", "until: learn", "'learn' is not to come", "one after it"),
    ("key: moved", "key: users", "type: number, key: users, ask", "is the key of an input", "Choose another"),
    ("type: number, key: moved", "type: text, key: there", "type: text, key", "is a number in a step above", "ano"),
    ("decides: initiative", "decides: technician", "decides: technician", "is nobody in particular", "the trainer"),
    ('people: "{users}"', 'people: "{everyone}"', "people:", "has {everyone}, which nothing", "there, users"),
    ('name: "{host}"', 'name: "{hots}"', "name: ", "has {hots}, which nothing fills", "above: host"),
    ("left: there", "left: their", "left: their", "is about 'their'", "evidence: {type: number, key"),
    ("metric: moved", "metric: gone", "metric: gone", "is about 'gone'", "evidence: {type: number, key"),
    ("irreversible: true\n        sign_off: [trainer]", "sign_off: [trainer]", "sign_off: [trainer]",
     "is never asked of a step that can be undone", "`irreversible: true`"),
    ("irreversible: true\n        sign_off: [trainer]", "irreversible: true\n        sign_off: [initiative]",
     "sign_off: [initiative]", "names nobody but who does the step", "name another role"),
    ("irreversible: true", "irreversible: true\n        rollback: {how: [{nl: Zo., en: So.}]}",
     "rollback: {how: [{nl: Zo", "is there for a step without a way back", "one of the two"),
    ("losses:\n  - {nl: Oude filmpjes gaan weg., en: Old films go away.}", "losses: []", "losses: []",
     "are empty, and yet something can't be undone", "for good"),
    ("seen: 2026-11-20, confidence: unverified", "seen: 2026-11-20, confidence: primary",
     "source: {seen", "has no address", "`confidence: unverified`"),
    ('{url: "https://example.org/general", ', "{", "- {seen: 2026", "has no address", "`confidence: unverified`"),
    ('{url: "https://example.org/count", ', "{", "source: {seen: 2026-11-20, confidence: sec", "has no address", "url"),
    ("nl: Zet alles over.", "nl: TODO.", "nl: TODO.", "is still to be written", "in place of 'TODO'"),
    ("id: move", "id: moves", "id: moves", "the file is 'move'", "the same name"),
    ("playbook: before", "playbook: befour", "playbook: befour", "'befour', which is no playbook", "of one that is"),
    ("playbook: before", "playbook: move", "playbook: move", "'move', which can't be used itself", "a circle"),
    ("from: [zoom]", "from: [zoomy]", "from: [zoomy]", "'zoomy' is not in the catalogue", "tools.yaml"),
    ("to: [jitsi]", "to: [jit]", "to: [jit]", "'jit' is not in the catalogue", "tools.yaml"),
    ("skill: jitsi", "skill: jits", "skill: jits", "'jits' is no tool of the catalogue and no topic", "tools.yaml"),
    ("leaves: [zoom]", "leaves: [z]", "leaves: [z]", "'z' is not in the catalogue", "tools.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "remedy"), BROKEN, ids=[row[1].split("\n")[0] for row in BROKEN]
)
def test_a_rule(tmp_path: Path, old: str, new: str, where: str, what: str, remedy: str) -> None:
    text = changed(MOVE, old, new)
    found = findings(written(tmp_path, text))
    matching = [one for one in found if what in one.what and remedy in one.remedy]
    place = (str(tmp_path / "move.yaml"), line_of(text, where))
    assert [(one.where, one.line) for one in matching] == [place], found


def test_a_topic_is_a_skill_too(tmp_path: Path) -> None:
    assert findings(written(tmp_path, changed(MOVE, "skill: jitsi", "skill: chat"))) == []


def test_every_tool_that_is_a_skill_here_has_a_topic() -> None:
    shelf = whole_shelf()
    skills = {step.help.skill for book in shelf.playbooks.values() for step in book.open().steps}
    wanted = skills - {None, *TOPICS}
    assert len(wanted) > 20
    assert {name for name in wanted if topic_of(shelf.tools[str(name)]) not in TOPICS} == set()


def test_the_playbook_that_is_broken_here_breaks_no_rule(tmp_path: Path) -> None:
    assert findings(written(tmp_path)) == []


def test_too_many_steps(tmp_path: Path) -> None:
    many = "".join(STEP.replace("id: invite", f"id: invite-{number}") for number in range(60))
    (found,) = findings(written(tmp_path, changed(MOVE, STEP, many)))
    assert "hold more than 60 steps" in found.what
    assert found.line == line_of(MOVE, "phases:") + 1


def test_a_number_may_be_told_again_and_used_only_below(tmp_path: Path) -> None:
    again = changed(MOVE, "key: moved, ask", "key: there, ask").replace("moved", "there")
    assert findings(written(tmp_path, again)) == []
    early = changed(MOVE, "{nl: Bel ze op., en: Call them.}", '{nl: "Bel {moved}.", en: "Call {moved}."}')
    told = [one.what for one in findings(written(tmp_path, early))]
    assert len(told) == 2, "in each language"
    assert all("has {moved}, which nothing fills" in what for what in told)


def test_a_text_outside_the_steps_knows_every_answer(tmp_path: Path) -> None:
    ask = "questions: [{nl: Wat was lastig?, en: What was hard?}]"
    for name, count in (("users", 0), ("moved", 0), ("nobody", 2)):
        text = changed(MOVE, ask, f'questions: [{{nl: "{{{name}}}?", en: "{{{name}}}?"}}]')
        told = [one.what for one in findings(written(tmp_path, text)) if "which nothing fills" in one.what]
        assert len(told) == count


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: jitsi", "id: zoom", "tools[2].id 'zoom' is there already"),
        ("instead_of: [zoom]", "instead_of: [teams]", "instead_of[1] 'teams' is no other tool here"),
        ("instead_of: [zoom]", "instead_of: [jitsi]", "instead_of[1] 'jitsi' is no other tool here"),
        ("kind: open", "kind: nice", "tools[2].kind has an unknown value"),
        (
            "hosts: [{name: Disroot, country: NL}]",
            "no_host: {nl: Niet nodig., en: Not needed.}\n    hosts: [{name: Disroot, country: NL}]",
            "tools[2].no_host is there beside hosts",
        ),
    ],
)
def test_the_catalogue_of_tools(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = next(
        one for one in findings(written(tmp_path, tools=changed(TOOLS, old, new))) if said in one.what
    )
    assert (found.where, found.line) == (str(tmp_path / "tools.yaml"), line_of(TOOLS, old))


def test_who_hosts_a_tool_is_not_left_open(tmp_path: Path) -> None:
    text = changed(TOOLS, "    hosts: [{name: Disroot, country: NL}]\n", "")
    found = next(
        one for one in findings(written(tmp_path, tools=text)) if "does not say who hosts" in one.what
    )
    assert (found.where, found.line) == (str(tmp_path / "tools.yaml"), line_of(text, "id: jitsi"))
    assert "no_host" in str(found.remedy)


def test_nothing_to_tell_may_be_said(tmp_path: Path) -> None:
    told = "evidence: {type: number, key: there, ask: {nl: Hoeveel is er?, en: How many are there?}}"
    text = changed(changed(MOVE, told, "evidence: {type: none}"), "equals: there", "equals: users")
    text = changed(text, "left: there", "left: users")
    assert findings(written(tmp_path, text)) == []
    assert library(tmp_path).playbooks["move"].steps[0].evidence is None


def test_who_has_nothing_to_tell_is_asked_nothing(tmp_path: Path) -> None:
    text = changed(MOVE, "type: number, key: there", "type: none, key: there")
    found = next(one for one in findings(written(tmp_path, text)) if "asks for nothing" in one.what)
    assert found.line == line_of(text, "evidence: {type: none")
