"""Files as they come: broken, huge, clever. What can't be used is told with its place, and stops nothing else."""

from pathlib import Path

import pytest

from helpdesk_bot.playbooks.loading import library
from tests.playbooks.written import BEFORE, MOVE, changed, findings, line_of, written


def test_a_library(tmp_path: Path) -> None:
    found = library(written(tmp_path))
    assert list(found.playbooks) == ["before", "move"]
    assert list(found.tools) == ["zoom", "jitsi"]
    assert [step.id for step in found.playbooks["move"].steps][:3] == ["count", "cancel", "look"]


BOTH = "summary: {nl: Zet alles over., en: Move all of it.}"


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "remedy"),
    [
        ("owner: trainers", "owner: 'trainers", "owner:", "this is not YAML", "a quote that is not closed"),
        ("owner: trainers", "owner: trainers\n\tversion: 2", "\tversion", "this is not YAML", "Indent with spaces"),
        ("owner: trainers", "owner: trainers\nowner: me", "owner: me", "'owner' is here twice", "Keep one"),
        ("owner: trainers", "owner:", "owner:", "owner has no value", "Give it one"),
        ("owner: trainers", "owner: !!python/name:os.system x", "owner:", "", "quotes"),
        ("owner: trainers", "ownr: trainers", "ownr", "ownr is not a setting", "Did you mean `owner`?"),
        ("to: [jitsi]", "to: &all [jitsi]\nowner_too: *all", "owner_too", "an alias (*name)", "Write the value out"),
        ("schema: playbook/v1", "schema: playbook/v2", "schema:", "schema has an unknown value", "playbook/v1"),
        ("version: 1.2.3", "version: 1.2", "version:", "version must be text", "quotes"),
        ("review_by: 2027-05-01", "review_by: soon", "review_by", "is not a day", "2027-05-01"),
        ("elapsed: 14d", "elapsed: long", "elapsed", "is not a length of time", "14d"),
        (BOTH, "summary: {nl: Zet alles over.}", "summary", "summary has no text in 'en'", "Add `en: …`"),
        (BOTH, "summary: {nl: A, en: B, english: C}", "summary", "'english', which is no language", "two letters"),
        (BOTH, 'summary: {nl: "A {users}", en: B}', "summary", "has {users} in one of 'nl' and 'en'", "Use it in both"),
        ("{auto: tls, host", "{auto: tsl, host", "auto: tsl", "verify is of no known kind", "'tls'"),
        ("{auto: tls, host", "{auto: tls, hst", "hst", "verify.hst is not a setting", "Did you mean `host`?"),
        ("by: trainer}\n        rollback", "who: trainer}\n        rollback", "who: trainer",
         "verify.who is not a setting", "known here: check, by"),
        ("type: boolean", "type: password", "type: password", "inputs[2].type has an unknown value", "'boolean'"),
        ("min: 5", "min: many", "min: many", "verify.min must be a whole number", "without quotes"),
        ("min: 5", "min: 0", "min: 0", "greater than or equal to 1", "accordingly"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit(
    tmp_path: Path, old: str, new: str, where: str, what: str, remedy: str
) -> None:
    text = changed(MOVE, old, new)
    found = findings(written(tmp_path, text))
    told = [(one.where, one.line) for one in found if what in one.what and remedy in one.remedy]
    assert (str(tmp_path / "move.yaml"), line_of(text, where)) in told, found
    assert list(library(tmp_path).playbooks) == ["before"], "the other one can still be used"


def test_words_that_older_yaml_takes_for_something_else(tmp_path: Path) -> None:
    text = changed(MOVE, "owner: trainers", "owner: no")
    assert findings(written(tmp_path, text)) == []
    assert library(tmp_path).playbooks["move"].owner == "no"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 1_000_001, "it is far too large"),
        ("# nothing\n", "holds no settings"),
        ("- a list\n", "holds no settings"),
        ("a\x00", "this is not YAML"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "an alias (*name) is not possible here"),
        ("[" * 50_000, "too deep"),
        ("a: " + "{a: " * 50_000, "too deep"),
    ],
    ids=["huge", "empty", "list", "binary", "bomb", "deep", "deeper"],
)
def test_no_playbook_at_all(tmp_path: Path, text: str, said: str) -> None:
    found = library(written(tmp_path, text))
    assert any(said in one.what for one in found.findings), found.findings
    assert all("--config" not in one.remedy for one in found.findings), "that is for the configuration"
    assert list(found.playbooks) == ["before"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (written(tmp_path) / "move.yaml").write_bytes(b"\xff\xfe\xff")
    assert "is not UTF-8 text" in library(tmp_path).findings[0].what


def test_without_a_catalogue_the_playbooks_can_still_be_used(tmp_path: Path) -> None:
    (written(tmp_path) / "tools.yaml").unlink()
    found = library(tmp_path)
    assert [one.what for one in found.findings] == ["can't be read: No such file or directory"]
    assert list(found.playbooks) == ["before", "move"]


def test_what_requires_a_broken_one_is_left_out_too(tmp_path: Path) -> None:
    broken = changed(BEFORE, "id: do-it", "id: start")
    found = library(written(tmp_path, before=broken))
    assert found.playbooks == {}
    told = [(Path(one.where).stem, one.line) for one in found.findings]
    assert told == [("before", line_of(BEFORE, "id: do-it")), ("move", line_of(MOVE, "playbook: before"))]
