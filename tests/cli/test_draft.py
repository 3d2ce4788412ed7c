import difflib
from pathlib import Path

import pytest

from helpdesk_bot.cli.draft import Draft, slug
from helpdesk_bot.cli.template import TAIL
from helpdesk_bot.config import ConfigError, load

EXAMPLE = Path(__file__).parents[2] / "config" / "amsterdam.example.yaml"


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_the_template_and_the_example_say_the_same() -> None:
    assert EXAMPLE.read_text().endswith(TAIL)


def test_from_names(tmp_path: Path) -> None:
    path = tmp_path / "config" / "helpdesk.yaml"
    draft = Draft.of_names(["Noord", "Nieuw-West", 'Île d\'Or: "zuid"'], path)
    draft.set(("homeserver", "user_id"), "@bot:server.nl:8448")
    for slot in draft.slots():
        slot.choose(slot.alias("server.nl:8448"))
    config = draft.write()
    assert [(part.id, part.name) for part in config.stadsdelen] == [
        ("noord", "Noord"),
        ("nieuw-west", "Nieuw-West"),
        ("ile-d-or-zuid", 'Île d\'Or: "zuid"'),
    ]
    assert config.rooms.overflow == "#team-stad:server.nl:8448"
    assert config.stadsdelen[1].help_room == "#hulp-nieuw-west:server.nl:8448"
    assert [path.name for path in path.parent.iterdir()] == ["helpdesk.yaml"], "no draft is left"


def test_only_what_is_set_changes(tmp_path: Path) -> None:
    path = tmp_path / "helpdesk.yaml"
    draft = Draft.of_city(EXAMPLE, path)
    draft.set(("helpdesk", "name"), 'De "Hulp"')
    first = draft.slots()[0]
    assert first.reference is None, "nobody has chosen the rooms of an example"
    first.choose("!abc", "#helpdesk:server.nl")
    draft.slots()[1].choose("!def", "#team-stad:server.nl")
    draft.write()
    assert changed_lines(EXAMPLE.read_text(), path.read_text()) == [
        "-  name: Helpdesk Amsterdam",
        '+  name: "De \\"Hulp\\""',
        '-  space: "#helpdesk:example.org"',
        '-  overflow: "#team-stad:example.org"          # questions without a stadsdeel',
        '+  space: "!abc"    # #helpdesk:server.nl',
        '+  overflow: "!def"          # questions without a stadsdeel',
    ]
    again = Draft.of_file(path)
    assert again.slots()[0].reference == "!abc"
    before = path.read_text()
    again.slots()[0].choose("!abc", "#helpdesk:server.nl")
    again.write()
    assert path.read_text() == before


def test_what_was_not_there_is_added(tmp_path: Path) -> None:
    path = tmp_path / "helpdesk.yaml"
    text = (
        "helpdesk: {name: X}\nhomeserver: {url: 'http://x', user_id: '@b:x'}\n"
        "stadsdelen:\n  - id: noord\n    name: Noord   # the north\n    team_room: '!t'\n"
        "rooms: {overflow: '!o', coordination: '!c'}"
    )
    path.write_text(text)
    draft = Draft.of_file(path)
    draft.set(("stadsdelen", 0, "help_room"), "!h", "#hulp:x")
    draft.set(("rooms", "space"), "!s")
    draft.set(("web", "host"), "0.0.0.0")
    draft.set(("data_dir",), "/srv/x")
    config = draft.write()
    assert config.stadsdelen[0].help_room == "!h"
    assert config.rooms.space == "!s"
    assert config.web.host == "0.0.0.0"
    assert config.data_dir == Path("/srv/x")
    assert "    name: Noord   # the north\n" in path.read_text()


def test_a_value_is_set_again(tmp_path: Path) -> None:
    """As a room that is named by its alias until it is there; what was added meanwhile stays too."""
    path = tmp_path / "helpdesk.yaml"
    draft = Draft.of_names(["Noord"], path)
    draft.set(("homeserver", "user_id"), "@bot:server.nl")
    for reference in ("#a:server.nl", "!first", "!second-and-longer"):
        draft.set(("rooms", "space"), reference, "#a:server.nl")
        draft.set(("rooms", "overflow"), f"{reference}-stad")
        draft.set(("web", "public_url"), f"https://{len(reference)}.example.org")
        assert draft.get("rooms", "space") == reference
    config = draft.write()
    assert (config.rooms.space, config.rooms.overflow) == (
        "!second-and-longer",
        "!second-and-longer-stad",
    )
    assert config.web.public_url == "https://18.example.org"
    assert '  space: "!second-and-longer"    # #a:server.nl\n' in path.read_text()


def test_the_text_is_not_read_for_each_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft.of_names([f"Deel {n}" for n in range(9)], tmp_path / "helpdesk.yaml")
    read = []
    monkeypatch.setattr(draft, "_read", lambda text: read.append(text))
    for slot in draft.slots():
        slot.choose("!room")
    assert read == []


@pytest.mark.parametrize(
    ("empty", "filled"),
    [
        ("  space:\n", '  space: "!s"    # #helpdesk:x\n'),
        ("  space:      # to come\n", '  space: "!s"      # to come\n'),
        ("  space: ~\n", '  space: "!s"    # #helpdesk:x\n'),
        ("  'space' :\n\n", "  'space' : \"!s\"    # #helpdesk:x\n\n"),
    ],
)
def test_a_room_that_was_left_empty_is_filled_in(tmp_path: Path, empty: str, filled: str) -> None:
    path = tmp_path / "helpdesk.yaml"
    text = (
        "helpdesk: {name: X}\nhomeserver: {url: 'http://x', user_id: '@b:x'}\n"
        "stadsdelen: [{id: noord, name: Noord, help_room: , team_room: '!t'}]\n"
        "rooms:\n" + empty + "  overflow: '!o'\n  coordination: '!c'\n  trainers:\n"
    )
    draft = Draft(text, path, fresh=True)
    draft.set(("rooms", "space"), "!s", "#helpdesk:x")
    draft.set(("rooms", "trainers"), "!r")
    draft.set(("stadsdelen", 0, "help_room"), "!h")
    config = draft.write()
    assert (config.rooms.space, config.rooms.overflow, config.rooms.trainers) == ("!s", "!o", "!r")
    assert (config.stadsdelen[0].help_room, config.stadsdelen[0].team_room) == ("!h", "!t")
    assert filled in path.read_text()


def test_a_host_s_own_choice_of_rooms_stays(tmp_path: Path) -> None:
    path = tmp_path / "helpdesk.yaml"
    path.write_text(
        "helpdesk: {name: X}\nhomeserver: {url: 'http://x', user_id: '@b:x'}\n"
        "stadsdelen: [{id: noord, name: Noord, team_room: '#ons-team:elders'}]\n"
        "rooms: {overflow: '!o', coordination: '!c'}\n"
    )
    slots = Draft.of_file(path).slots()
    assert [slot.reference for slot in slots] == ["!o", "!c", "#ons-team:elders"], (
        "no help room was asked for"
    )


def test_nothing_is_written_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "helpdesk.yaml"
    draft = Draft.of_names(["Noord"], path)
    draft.set(("homeserver", "user_id"), "nonsense")
    with pytest.raises(ConfigError, match="user_id"):
        draft.write()
    assert list(tmp_path.iterdir()) == []
    load(EXAMPLE)


@pytest.mark.parametrize(
    ("name", "id_"), [("Nieuw-West", "nieuw-west"), (" Zuid Oost ", "zuid-oost"), ("Île", "ile"), ("…", "")]
)
def test_slug(name: str, id_: str) -> None:
    assert slug(name) == id_
