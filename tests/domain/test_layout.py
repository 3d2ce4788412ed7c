"""Which room is for what, and which stadsdeel somebody means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.layout import Layout, RoomKind, Stadsdeel, plain_key

LAYOUT = Layout(
    stadsdelen=(
        Stadsdeel("centrum", "Centrum", (), "!h-c", None),
        Stadsdeel("nieuw-west", "Nieuw-West", ("Osdorp", "Sloterdijk"), "!h-nw", "!t-nw"),
        Stadsdeel("west", "West", ("De Baarsjes", "Bos en Lommer"), "!h-w", "!t-w"),
        Stadsdeel("zuid", "Zuid", ("", "De Pijp"), "!h-z", "!t-z"),
        Stadsdeel("zuidoost", "Zuidoost", ("Bijlmer", "Amsterdam-Zuidoost"), "!h-zo", "!t-zo"),
    ),
    overflow="!city",
    coordination="!coord",
    space="!space",
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("West", "west"),
        ("west!", "west"),
        ("Nieuw-West", "nieuw-west"),
        ("nieuw west", "nieuw-west"),
        ("NIEUW  WEST.", "nieuw-west"),
        ("in Nieuw-West, bij het station", "nieuw-west"),
        ("Wij zitten in west", "west"),
        ("zuidoost", "zuidoost"),
        ("Zuid", "zuid"),
        ("de pijp", "zuid"),
        ("Bos en Lommer", "west"),
        ("bijlmer!!", "zuidoost"),
        ("2", "nieuw-west"),
        (" 5. ", "zuidoost"),
        ("Ｗest", "west"),
    ],
)
def test_found(words: str, found: str) -> None:
    stadsdeel = LAYOUT.find(words)
    assert stadsdeel is not None
    assert stadsdeel.id == found


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "?",
        "wets",
        "zuidwesten",
        "westelijk",
        "0",
        "6",
        "12",
        "1.5 jaar",
        "፩",
        "weet ik niet",
        "Rotterdam",
        "zuid of west",
        "West, niet Zuidoost",
        "Nieuw-West, niet West",
        "Osdorp of de Bijlmer",
        "🌻",
    ],
)
def test_not_found(words: str) -> None:
    assert LAYOUT.find(words) is None


@given(st.text())
def test_it_never_fails(words: str) -> None:
    assert LAYOUT.find(words) in (None, *LAYOUT.stadsdelen)
    LAYOUT.resembles(words)


@pytest.mark.parametrize("stadsdeel", LAYOUT.stadsdelen)
def test_everybody_is_found_by_their_own_name(stadsdeel: Stadsdeel) -> None:
    for words in (stadsdeel.id, stadsdeel.name, stadsdeel.name.upper(), *filter(None, stadsdeel.aliases)):
        assert LAYOUT.find(words) == stadsdeel


@pytest.mark.parametrize(
    ("words", "close"),
    [("Zuidost", True), ("nieuw westt", True), ("centrm", True), ("", False), ("hallo", False)],
)
def test_what_looks_like_one(words: str, close: bool) -> None:
    assert LAYOUT.resembles(words) is close


@given(st.text())
def test_a_key_of_a_key_is_itself(words: str) -> None:
    assert plain_key(plain_key(words)) == plain_key(words)


@pytest.mark.parametrize(
    ("room", "kind"),
    [
        ("!h-c", RoomKind.HELP),
        ("!t-w", RoomKind.TEAM),
        ("!city", RoomKind.TEAM),
        ("!coord", RoomKind.COORDINATION),
        ("!space", RoomKind.SPACE),
        ("!elsewhere", None),
        ("", None),
    ],
)
def test_what_a_room_is_for(room: str, kind: RoomKind | None) -> None:
    assert LAYOUT.kind(room) is kind


@pytest.mark.parametrize(
    ("stadsdeel", "room"), [("west", "!t-w"), ("centrum", "!city"), ("weesp", "!city"), (None, "!city")]
)
def test_where_a_question_goes(stadsdeel: str | None, room: str) -> None:
    assert LAYOUT.team_room(stadsdeel) == room
