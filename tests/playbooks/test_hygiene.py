"""A migration starts from closed links, a vault and a second step; or it says why not."""

from pathlib import Path

import pytest

from helpdesk_bot.playbooks.hygiene import FIRST
from helpdesk_bot.playbooks.loading import library
from tests.playbooks.written import BEFORE, MOVE, changed, findings, line_of, written

NEEDED = "requires: [{playbook: before}]"
WHY = "because: {nl: Er verhuist niets., en: Nothing moves.}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FIRST:
        (tmp_path / f"{name}.yaml").write_text(changed(BEFORE, "id: before", f"id: {name}"), "utf-8")
    return tmp_path


def test_a_migration_that_forgets_one_is_told_where_and_what_to_do(folder: Path) -> None:
    text = changed(MOVE, NEEDED, "requires: [{playbook: close-public-links}, {playbook: two-factor}]")
    [found] = findings(written(folder, text))
    assert found.what == "requires leaves out 'password-manager', from which a migration starts"
    assert (found.where, found.line) == (str(folder / "move.yaml"), line_of(text, "requires:"))
    assert "- {playbook: password-manager}" in found.remedy
    assert "move" not in library(folder).playbooks


def test_it_is_told_of_a_file_without_the_line_too(folder: Path) -> None:
    found = findings(written(folder, changed(MOVE, NEEDED + "\n", "")))
    assert [one.what.split("'")[1] for one in found] == [*FIRST]
    assert {one.line for one in found} == {1}


def test_what_it_says_it_does_not_need_is_left_out(folder: Path) -> None:
    spared = "\n".join(f"  - {{playbook: {name}, {WHY}}}" for name in FIRST)
    assert findings(written(folder, changed(MOVE, NEEDED, f"not_required:\n{spared}"))) == []


def test_both_at_once_can_not_be(folder: Path) -> None:
    required = ", ".join(f"{{playbook: {name}}}" for name in FIRST)
    text = changed(MOVE, NEEDED, f"requires: [{required}]\nnot_required: [{{playbook: two-factor, {WHY}}}]")
    [found] = findings(written(folder, text))
    assert found.what == "not_required[1] 'two-factor' is required"


@pytest.mark.parametrize("line", ["from: [zoom]", "to: [jitsi]"])
def test_who_only_puts_something_in_order_needs_none(folder: Path, line: str) -> None:
    key = line.split(":")[0]
    assert findings(written(folder, changed(MOVE, line, f"{key}: []"))) == []


def test_a_library_without_them_can_not_ask_for_them(tmp_path: Path) -> None:
    assert findings(written(tmp_path)) == []
