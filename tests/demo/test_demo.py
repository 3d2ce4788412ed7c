"""The demo as somebody starts it: real processes, a real homeserver, everything that is promised really seen."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Played = dict[str, Any]
_COMMAND = (sys.executable, "-P", "-m", "helpdesk_bot.demo", "--once")


def play(folder: Path, *options: str) -> Played:
    """Plays the demo in `folder` and returns what it wrote down."""
    done = subprocess.run(
        [*_COMMAND, "--json", "played.json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert not still_running(folder)
    played: Played = json.loads((folder / "played.json").read_text())
    return played | {"screen": done.stdout, "stderr": done.stderr}


def still_running(folder: Path) -> list[str]:
    """Processes that work in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has just ended
        if str(folder) in command:
            found.append(command)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Played:
    return play(folder)


@pytest.fixture(scope="module")
def second(folder: Path, first: Played) -> Played:
    return play(folder)


def spoken(played: Played, room: str, person: str, words: str) -> list[dict[str, Any]]:
    return [
        line
        for line in played["transcript"]
        if line["room"].startswith(room) and line["person"] == person and words in line["text"]
    ]


def numbers(played: Played) -> set[int]:
    """Of the questions that came to Noord."""
    cards = spoken(played, "team room Noord", "Helpdesk", "Vraag ")
    return {int(number) for line in cards for number in re.findall(r"Vraag (\d+) · Noord", line["text"])}


def test_everything_that_was_expected_was_seen(first: Played) -> None:
    assert first["expectations"]
    assert [e for e in first["expectations"] if not e["met"]] == []
    assert first["figures"]["kills"] == 5
    assert first["figures"]["first_start"]
    assert "✓ Everything that was expected was seen." in first["screen"]
    assert first["stderr"] == ""


def test_the_transcript_tells_who_said_what_where(first: Played) -> None:
    [question] = spoken(first, "direct chat", "Fatima", "ledenlijst")
    assert (question["direction"], question["encrypted"], question["kind"]) == ("in", True, "message")
    [answer] = spoken(first, "direct chat of Fatima", "Helpdesk", "Algemene toegang")
    assert (answer["direction"], answer["encrypted"], answer["seen_by"]) == ("out", True, "Fatima")
    [photo] = [line for line in first["transcript"] if line["kind"] == "file" and line["direction"] == "in"]
    assert (photo["room"], photo["person"], photo["encrypted"]) == ("help room West (public)", "Kwame", False)
    assert {line["event_id"] for line in first["transcript"]}.__len__() == len(first["transcript"])


def test_a_note_is_seen_in_the_team_room_and_nowhere_else(first: Played) -> None:
    rooms = {line["room"] for line in first["transcript"] if "wijkjurist" in line["text"]}
    assert rooms == {"team room Noord"}


def test_a_second_start_goes_on_where_the_first_ended(first: Played, second: Played) -> None:
    assert not second["figures"]["first_start"]
    assert min(numbers(first)) == 1
    assert min(numbers(second)) > max(numbers(first))
    assert not spoken(second, "direct chat", "Helpdesk", "In welk stadsdeel")
    rooms = [{line["room_id"] for line in played["transcript"]} for played in (first, second)]
    assert rooms[0] == rooms[1]


def test_the_picture_of_the_week_came_through(folder: Path, first: Played) -> None:
    with Image.open(folder / ".demo" / "week.png") as picture:
        assert picture.format == "PNG"
        assert picture.width >= 360
    [said] = [line for line in first["transcript"] if line["kind"] == "file" and "city.png" in line["text"]]
    assert (said["room"], said["encrypted"], "nieuw" in said["text"]) == ("coordinators' room", True, True)


def test_ctrl_c_in_the_middle_stops_everything(folder: Path, second: Played) -> None:
    demo = subprocess.Popen(
        _COMMAND, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    )
    try:
        assert demo.stdout is not None
        assert any("a number at once" in line or "tells the number" in line for line in demo.stdout)
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30)
    finally:
        demo.kill()
        demo.wait()
    assert demo.returncode == 130, rest
    assert "Nothing of it is running any more" in rest
    assert "Traceback" not in rest
    assert not still_running(folder)
