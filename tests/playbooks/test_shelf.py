"""Playbooks that were read stay in memory, so that an answer in a run fetches and reads none."""

import pytest

from helpdesk_bot.playbooks import shelf
from tests.playbooks.written import whole_shelf


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was read yet, and two are kept."""
    monkeypatch.setattr(shelf, "_open", type(shelf._open)())
    monkeypatch.setattr(shelf, "_OPEN_AT_ONCE", 2)


def test_what_was_read_lately_is_not_read_again() -> None:
    one, two, three = list(whole_shelf().playbooks.values())[:3]
    assert shelf.open_already(one.sha256) is None
    first = one.open()
    assert shelf.opened("nobody reads this", one.sha256) is first
    two.open()
    assert one.open() is first
    three.open()
    assert shelf.open_already(two.sha256) is None, "it was read longest ago"
    assert shelf.open_already(one.sha256) is first
    assert two.open().id == two.id
