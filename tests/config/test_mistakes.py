"""What is wrong in a configuration is told at once, with its place; nothing that stands there stops the telling."""

import json
import re
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk_bot.config import ConfigError, load
from tests.config.written import SMALL, complaints, written


def test_all_of_it_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = SMALL.replace("name: Helpdesk\n", "nmae: Helpdesk\n  languages: nl\n").replace(
        "id: oost", "id: Oost"
    )
    assert complaints(tmp_path, text + "web: {port: '80'}\n") == [
        "1:1 helpdesk.name is missing",
        "2:3 helpdesk.nmae is not a setting",
        "3:14 helpdesk.languages must be a list",
        "12:9 stadsdelen[2].id is not a short name",
        "18:13 web.port must be a whole number",
    ]


def test_a_typo_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean `overflow_after`"):
        load(written(tmp_path, SMALL + "asking:\n  overflow_afer: 3m\n"))


def test_a_key_twice(tmp_path: Path) -> None:
    text = SMALL + "log: {level: info}\nlog: {level: debug}\n"
    assert complaints(tmp_path, text) == ["18:1 'log' is here twice; the first is in line 17"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("#team-noord:example.org", "10:5 stadsdelen[1].team_room has no value"),
        ("!abc:example.org", "10:16 !abc:example.org is taken for a tag of YAML"),
        ("@team:example.org", "10:16 this is not YAML"),
        ('"team-noord"', "10:16 stadsdelen[1].team_room is not a room"),
    ],
)
def test_rooms_without_their_quotes(tmp_path: Path, value: str, said: str) -> None:
    assert complaints(tmp_path, SMALL.replace('"#team-noord:example.org"', value))[0].startswith(said)


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ("id: oost", "id: noord", "11:9 stadsdelen[2].id noord is the id of Noord as well"),
        (
            "name: Oost",
            "name: amsterdam noord",
            "12:11 stadsdelen[2].name 'amsterdam noord' is a name of 'noord'",
        ),
        (
            "#team-oost:",
            "#team-noord:",
            "13:16 stadsdelen[2].team_room this room is used as stadsdelen.0.team_room",
        ),
    ],
)
def test_stadsdelen_that_get_in_each_others_way(tmp_path: Path, change: str, to: str, said: str) -> None:
    assert complaints(tmp_path, SMALL.replace(change, to))[0].startswith(said)


def test_the_end_comes_after_the_warning(tmp_path: Path) -> None:
    text = SMALL + "finishing:\n  warn_after: 2d\n"
    assert complaints(tmp_path, text) == ["18:15 finishing.warn_after must be longer than remind_after"]


@pytest.mark.parametrize(
    ("topics", "said"),
    [
        ("- {id: energy, words: [zonnepaneel]}", "has no nl"),
        ("- {id: energy, name: {nl: energie}, words: [zonnepaneel]}", "has no en"),
        ("- {id: members, name: {nl: leden, en: members}, words: [ledenpas]}", "has a name already"),
        ("- {id: members}", "adds nothing to members"),
        ("- {id: other, words: [iets]}", "other is what no topic tells"),
        ("- {id: mail, words: [post]}\n  - {id: mail, words: [brief]}", "mail is here twice"),
        ("- {id: mail, words: [post, 'po*']}", "'po*' is too short"),
        ("- {id: mail, words: ['po*st']}", "'po*st' is too short, or has a * in the middle"),
        ("- {id: mail, word: [post]}", "topics[1].word is not a setting"),
        ("- {id: Mail, words: [post]}", "topics[1].id is not a short name"),
    ],
)
def test_topics(tmp_path: Path, topics: str, said: str) -> None:
    assert any(said in complaint for complaint in complaints(tmp_path, f"{SMALL}\ntopics:\n  {topics}\n"))


def test_an_unknown_zone_and_a_strange_address(tmp_path: Path) -> None:
    text = SMALL.replace("https://matrix.example.org", "matrix.example.org")
    text = text.replace("name: Helpdesk\n", "name: Helpdesk\n  timezone: Europe/Diemen\n")
    assert complaints(tmp_path, text) == [
        "3:13 helpdesk.timezone is not a known time zone",
        "5:8 homeserver.url is not the address of a homeserver",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "a: [1\n", "a: *b\n", "\tx: 1\n", "a: &b [*b]\n", "\x00"])
def test_what_is_no_configuration_at_all(tmp_path: Path, text: str) -> None:
    assert complaints(tmp_path, text)


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="helpdesk init"):
        load(tmp_path / "none.yaml")
    (tmp_path / "helpdesk.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "helpdesk.yaml")


@settings(deadline=None, max_examples=60)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=5))
def test_no_value_anywhere_escapes(value: object) -> None:
    """Whatever stands in a place: it fits, or it is a finding; never another exception."""
    with TemporaryDirectory() as folder:
        for setting in ("data_dir", "web", "helpdesk", "stadsdelen", "log", "database"):
            lines = re.sub(rf"(?m)^{setting}:(.|\n )*\n", "", SMALL)
            with suppress(ConfigError):
                load(written(Path(folder), f"{lines}{setting}: {json.dumps(value)}\n"))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_no_text_at_all_escapes(text: str) -> None:
    with TemporaryDirectory() as folder, suppress(ConfigError):
        path = Path(folder) / "helpdesk.yaml"
        path.write_text(text, "utf-8", errors="replace")
        load(path)
