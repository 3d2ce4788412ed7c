"""The example, the schema, and what holds for whoever writes only what is needed."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from helpdesk_bot.config import load, schema
from tests.config.written import EXAMPLE, ROOT, SMALL, written


def test_the_example_is_right_and_has_the_whole_city() -> None:
    config = load(EXAMPLE)
    assert [part.id for part in config.stadsdelen] == [
        "centrum",
        "nieuw-west",
        "noord",
        "oost",
        "west",
        "zuid",
        "zuidoost",
        "weesp",
    ]


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    shown, default = load(EXAMPLE), load(written(tmp_path, SMALL))
    for section in (
        "asking",
        "finishing",
        "invites",
        "sending",
        "undecryptable",
        "retention",
        "panic",
        "checks",
        "web",
        "log",
    ):
        assert getattr(shown, section) == getattr(default, section)


def test_the_schema_in_the_repository_is_current() -> None:
    assert (ROOT / "config" / "helpdesk.schema.json").read_text() == schema.text(), (
        "run `helpdesk schema -o …`"
    )


def test_the_example_fits_the_schema() -> None:
    jsonschema.validate(YAML(typ="safe").load(EXAMPLE), json.loads(schema.text()))


def test_only_what_is_needed_must_be_said(tmp_path: Path) -> None:
    config = load(written(tmp_path, SMALL))
    assert config.default_language == "nl"
    assert config.server_name == "example.org"
    assert config.invite_servers == {"example.org"}
    assert config.data_dir == (tmp_path.parent / "data").resolve()
    assert config.account_dir == config.data_dir / "account"
    assert config.database_url == f"sqlite+aiosqlite:///{config.data_dir}/helpdesk.db"
    assert config.source == tmp_path / "helpdesk.yaml"
    assert config.asking.overflow_after == timedelta(minutes=10)


def test_paths_are_seen_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    config = load(written(tmp_path, SMALL + "data_dir: here\ndatabase: {url: 'sqlite:///deep/x.db'}\n"))
    assert config.data_dir == tmp_path / "here"
    assert config.database_url == f"sqlite+aiosqlite:///{tmp_path}/deep/x.db"
