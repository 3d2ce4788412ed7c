"""Tables that open as they should, and pictures that can be seen."""

import asyncio
import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from helpdesk_bot.reports import pen
from helpdesk_bot.reports.csv_file import csv_file
from helpdesk_bot.reports.pen import DrawingFailed
from helpdesk_bot.reports.week_chart import FOR_RUNS, HEIGHT, WIDTH

RECIPE: dict[str, Any] = {
    "width": WIDTH,
    "height": HEIGHT,
    "title": "Week 46, hele $tad_1$ met een heel lange naam die niet op één regel past",
    "weeks": ["wk 42", "wk 43", "wk 44", "wk 45", "wk 46"],
    "new": [0, 0, 0, 0, 0],
    "solved": [1, 20, 12, 25, 1000],
    "open": [0, 0, 2, 8, 11],
    "targets": [
        {"label": "Iemand helpt", "met": 18, "missed": 2},
        {"label": "Opgelost", "met": 0, "missed": 0},
    ],
    "labels": {
        "new": "nieuw",
        "solved": "opgelost",
        "open": "Open aan het eind",
        "flow": "Vragen per week",
        "targets": "Op tijd",
        "met": "op tijd",
        "missed": "te laat",
        "none": "niets om te meten",
    },
}
WITH_RUNS = {
    **RECIPE,
    "height": HEIGHT + FOR_RUNS,
    "runs": {"running": [0, 2, 4, 9, 8], "finished": [0, 0, 1, 0, 2]},
    "labels": {
        **RECIPE["labels"],
        "runs": "Stappenplannen",
        "running": "bezig aan het eind",
        "finished": "klaar",
    },
}
# Of Okabe and Ito, as red, green and blue.
BLUE, ORANGE = (0, 114, 178), (230, 159, 0)


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2
        )
    )
)
def test_no_cell_is_a_formula_and_none_is_lost(rows: list[list[str]]) -> None:
    found = read(csv_file(["één", "twee"], rows))
    assert found[0] == ["één", "twee"]
    assert len(found) == len(rows) + 1
    for row, cells in zip(rows, found[1:], strict=True):
        for wrote, cell in zip(row, cells, strict=True):
            assert cell in (wrote, f"'{wrote}")
            assert not cell.strip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("cell", ["=1+1", "+31 20", "-2", "@SUM(A1)", " =1", "\t=1", "＝1", "|calc"])
def test_what_would_be_reckoned_with_is_text(cell: str) -> None:
    assert read(csv_file(["a"], [[cell]]))[1] == [f"'{cell}"]


def test_numbers_stay_numbers() -> None:
    assert read(csv_file(["a", "b"], [[-3, 12]]))[1] == ["-3", "12"]


@pytest.mark.parametrize("recipe", [RECIPE, WITH_RUNS], ids=["questions", "runs"])
async def test_a_picture_of_always_the_same_size(recipe: dict[str, Any]) -> None:
    one, other = await asyncio.gather(pen.draw(recipe), pen.draw(recipe))
    assert one == other
    picture = Image.open(io.BytesIO(one)).convert("RGB")
    assert picture.size == (WIDTH, recipe["height"])
    colours = {colour for _, colour in picture.getcolors(maxcolors=WIDTH * recipe["height"]) or []}
    assert {BLUE, ORANGE} <= colours


async def test_runs_are_drawn_below_the_questions() -> None:
    more, fewer = [
        Image.open(
            io.BytesIO(await pen.draw({**WITH_RUNS, "runs": {"running": running, "finished": [0] * 5}}))
        )
        for running in ([0, 0, 0, 0, 9], [0, 0, 0, 0, 0])
    ]
    assert more.crop((0, 0, WIDTH, HEIGHT // 3)).tobytes() == fewer.crop((0, 0, WIDTH, HEIGHT // 3)).tobytes()
    assert more.tobytes() != fewer.tobytes()


async def test_a_picture_that_can_not_be_drawn() -> None:
    with pytest.raises(DrawingFailed):
        await pen.draw({"title": "niets"})


async def test_drawing_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pen, "SECONDS", 0.01)
    with pytest.raises(DrawingFailed, match="too long"):
        await pen.draw(RECIPE)
