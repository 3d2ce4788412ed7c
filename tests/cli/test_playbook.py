"""`helpdesk playbook check`, `new` and `schema`, as whoever writes playbooks uses them."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpdesk_bot.cli.commands import app
from helpdesk_bot.playbooks.loading import library
from helpdesk_bot.playbooks.skeleton import skeleton
from tests.cli.conftest import Types
from tests.playbooks.written import BEFORE, MOVE, PLAYBOOKS, changed, line_of, written


class TestCheck:
    def test_all_is_well(self, types: Types) -> None:
        status, said = types("check")
        assert status == 0
        assert "2 playbooks, 0 things to mend." in said
        assert "2027-05-01" in said
        assert "2026-01-31, past" in said, "somebody has to look again; that is no mistake"

    def test_what_is_wrong_is_told_with_its_place(self, types: Types, tmp_path: Path) -> None:
        text = changed(MOVE, "needs: [look]", "needs: [loook]")
        written(tmp_path, text)
        status, said = types("check")
        assert status == 1
        assert f"{tmp_path}/move.yaml:{line_of(text, 'loook')}:17: phases[2].steps[1].needs[1]" in said
        assert "Known are: count, cancel" in said

    def test_only_some(self, types: Types, tmp_path: Path) -> None:
        written(tmp_path, changed(MOVE, "needs: [look]", "needs: [loook]"))
        assert types("check", str(tmp_path / "before.yaml"))[0] == 0
        assert types("check", str(tmp_path / "move.yaml"))[0] == 1
        status, said = types("check", str(tmp_path / "elsewhere.yaml"))
        assert (status, "is not among the playbooks" in said) == (1, True)


class TestNew:
    def test_only_the_texts_are_left_to_write(self, types: Types, tmp_path: Path) -> None:
        status, said = types("new", "zoom-to-jitsi", "--from", "zoom", "--to", "jitsi")
        assert status == 0
        path = tmp_path / "zoom-to-jitsi.yaml"
        assert said.startswith(f"Written to {path}.")
        text = path.read_text("utf-8")
        assert "from: [zoom]\nto: [jitsi]" in text
        status, said = types("check", str(path))
        assert status == 1
        count = text.count("TODO")
        assert said.count("is still to be written") == count > 20
        assert f"1 playbooks, {count} things to mend." in said

    def test_a_migration_begins_with_what_every_migration_starts_from(
        self, types: Types, tmp_path: Path
    ) -> None:
        (tmp_path / "two-factor.yaml").write_text(changed(BEFORE, "id: before", "id: two-factor"), "utf-8")
        types("new", "zoom-to-jitsi", "--from", "zoom", "--to", "jitsi")
        assert "requires: [{playbook: two-factor}]" in (tmp_path / "zoom-to-jitsi.yaml").read_text("utf-8")

    def test_when_they_are_written_it_can_be_used(self, types: Types, tmp_path: Path) -> None:
        types("new", "my-own")
        path = tmp_path / "my-own.yaml"
        path.write_text(path.read_text("utf-8").replace("TODO ", ""), "utf-8")
        assert types("check", str(path))[0] == 0
        assert "my-own" in library(tmp_path).playbooks

    def test_it_can_be_shown_while_it_is_written(self, types: Types) -> None:
        types("new", "my-own")
        assert "TODO wat het doet" in types("preview", "my-own")[1]
        assert types("graph", "my-own")[0] == 0

    def test_it_is_looked_at_again_after_half_a_year(self) -> None:
        assert "review_by: 2027-05-27\n" in skeleton("x", [], [], [], date(2026, 11, 26))

    def test_nothing_is_overwritten(self, types: Types, tmp_path: Path) -> None:
        status, said = types("new", "before")
        assert status == 1
        assert "is there already" in said
        assert (tmp_path / "before.yaml").read_text("utf-8") == BEFORE

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["My Own"], "can't be an id"),
            (["../outside"], "can't be an id"),
            (["tools"], "can't be an id"),
            (["new\n"], "can't be an id"),
            (["mine", "--from", "zom"], "Did you mean zoom?"),
            (["mine", "--to", "nothing"], "There are: jitsi, zoom."),
            (["mine", "--folder", "/nowhere"], "can't be written: No such file"),
        ],
    )
    def test_what_can_not_be_begun(self, types: Types, tmp_path: Path, words: list[str], said: str) -> None:
        if "--folder" in words:
            result = CliRunner().invoke(app, ["playbook", "new", *words])
            status, told = result.exit_code, result.output
        else:
            status, told = types("new", *words)
        assert status == 1
        assert said in told
        assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(("words", "file"), [([], "schema.json"), (["--tools"], "tools.schema.json")])
def test_the_schema_is_the_published_one(words: list[str], file: str, tmp_path: Path) -> None:
    published = (PLAYBOOKS / file).read_text("utf-8")
    assert CliRunner().invoke(app, ["playbook", "schema", *words]).output == published
    CliRunner().invoke(app, ["playbook", "schema", *words, "-o", str(tmp_path / "made.json")])
    assert (tmp_path / "made.json").read_text("utf-8") == published
