"""Whatever people call a tool, it is found; what fits best comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.shelf import Shelf
from tests.playbooks.written import whole_shelf


@pytest.fixture(scope="module")
def library() -> Shelf:
    return whole_shelf()


def ids(found: list[search.Found]) -> list[str]:
    return [one.playbook.id for one in found]


def test_every_tool_is_found_by_all_of_its_names(library: Shelf) -> None:
    for tool in library.tools.values():
        for name in (tool.name, *tool.names, tool.name.upper(), tool.name.replace(" ", "")):
            assert search.tools_named(library.tools, name) == [tool], name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wij gebruiken gogle drive", ["google-drive"]),
        ("Zoom Meetings", ["zoom"]),
        ("van WhatsApp naar Signal", ["whatsapp", "signal"]),
        ("watsapp", ["whatsapp"]),
        ("Google Drive", ["google-drive"]),
        ("een hamer", []),
        ("", []),
    ],
)
def test_tools_are_found_in_what_people_write(library: Shelf, text: str, found: list[str]) -> None:
    assert [tool.id for tool in search.tools_named(library.tools, text)] == found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("drive", "google-drive-to-nextcloud"),
        ("google drive", "google-drive-to-nextcloud"),
        ("wij willen weg van googledrive", "google-drive-to-nextcloud"),
        ("two-factor", "two-factor"),
        ("kluis", "password-manager"),
        ("wachtwoorde", "password-manager"),
        ("slack naar element", "slack-to-element"),
        ("iemand gaat weg", "offboarding"),
        ("AVG", "avg-basics"),
        ("cooperatie energie", "energy-crm-to-econobis"),
    ],
)
def test_one_playbook_fits_best(library: Shelf, text: str, first: str) -> None:
    assert ids(search.best(search.playbooks_like(library, text))) == [first]


def test_as_good_as_each_other_are_both_best(library: Shelf) -> None:
    found = search.best(search.playbooks_like(library, "zoom"))
    assert ids(found) == ["zoom-to-bigbluebutton", "zoom-to-jitsi"]


def test_a_purpose_leads_to_playbooks_too(library: Shelf) -> None:
    found = search.playbooks_like(library, "zo'n kalender", ["calendar"])
    assert ids(search.best(found)) == ["google-calendar-to-nextcloud"]


def test_every_playbook_is_found_by_its_title_in_each_language(library: Shelf) -> None:
    for one in library.playbooks.values():
        for title in one.title.values():
            assert one.id in ids(search.playbooks_like(library, title)), title


def test_what_is_closed_takes_nobodys_place(library: Shelf) -> None:
    closed = [tool for tool in library.tools.values() if tool.status.now == "closed"]
    assert closed
    offered = [tool for left in library.tools.values() for tool in search.instead_of(library.tools, left)]
    assert not {tool.id for tool in closed} & {tool.id for tool in offered}
    assert closed[0] not in search.for_purposes(library.tools, closed[0].purposes)


def test_every_big_tool_has_something_in_its_place_or_a_playbook(library: Shelf) -> None:
    left = {name for one in library.playbooks.values() for name in one.leaves}
    for tool in library.tools.values():
        if tool.kind == "bigtech":
            assert search.instead_of(library.tools, tool) or tool.id in left, tool.id


@given(text=st.text(max_size=80))
def test_nothing_that_people_write_breaks_it(text: str) -> None:
    search.playbooks_like(Shelf(), text)
    assert search.tools_named({}, text) == []
