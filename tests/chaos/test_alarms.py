"""The counter of calls outside Matrix sees what is wrong with them."""

import time
from typing import Any

import pytest

from benchmarks.chaos import alarms
from benchmarks.chaos.alarms import Duties, Gateway, Message
from benchmarks.chaos.ledger import Emergency, Verdict

CALL = "Noodgeval. Vraag 7, Noord, account gehackt."
OFF = "Vraag 7, Noord: je hoeft niet meer te komen."
YOURS, TAKEN = "Vraag 7 is van jou.", "Vraag 7 is opgepakt door Joris."


class Night:
    """Sanne is called, then Joris, who comes by his link; Sanne need not: as it should go, with whatever a test changes."""

    def __init__(self) -> None:
        self.duties = Duties(("sanne", "joris", "coordinators"), Gateway())
        self.came: str | None = "joris"
        self.rings("sanne", link="a")
        self.rings("joris", link="b")
        self.off("sanne")
        self.duties.did["joris", 7].shown = YOURS
        self.duties.pages = {"a": TAKEN, "b": YOURS}

    def rings(self, who: str, link: str | None, *, start: int = 1, words: str = CALL) -> None:
        self.duties.gateway.messages.append(Message(who, words, 7, link, start))

    def off(self, who: str, *, start: int = 1) -> None:
        self.rings(who, None, start=start, words=OFF)

    def forget(self, **which: Any) -> None:
        """As if these messages had not come."""
        self.duties.gateway.messages = [
            message
            for message in self.duties.gateway.messages
            if any(getattr(message, name) != value for name, value in which.items())
        ]

    def found(self) -> tuple[int, int, int]:
        """Lost, duplicated, leaked."""
        verdict = Verdict()
        self.duties.judge([Emergency(7, self.came)], verdict)
        return len(verdict.lost), len(verdict.duplicated), len(verdict.leaked)


@pytest.fixture
def night() -> Night:
    return Night()


def test_all_is_well(night: Night) -> None:
    assert night.found() == (0, 0, 0)


def test_nobody_is_called(night: Night) -> None:
    night.duties.gateway.messages, night.came = [], None
    night.duties.did.clear()
    assert night.found() == (1, 0, 0)


def test_once_more_after_a_death_and_with_another_link(night: Night) -> None:
    night.forget(who="sanne", words=OFF)
    night.rings("sanne", link="c", start=2)
    night.off("sanne", start=2)
    assert night.found() == (0, 0, 0)


def test_once_more_though_nothing_died(night: Night) -> None:
    night.rings("joris", link="c")
    assert night.found() == (0, 1, 0)


def test_once_more_with_the_same_link(night: Night) -> None:
    night.rings("joris", link="b", start=2)
    assert night.found() == (0, 1, 0)


def test_who_need_not_come_never_hears_so(night: Night) -> None:
    night.forget(who="sanne", words=OFF)
    assert night.found() == (1, 0, 0)


def test_who_need_not_come_is_called_after_that(night: Night) -> None:
    night.rings("sanne", link="c", start=2)
    assert night.found() == (1, 0, 0)


def test_whoever_comes_by_their_link_is_not_told_to_the_requester(night: Night) -> None:
    night.came = None
    assert night.found() == (1, 0, 0)


def test_whoever_presses_the_button_in_vain(night: Night) -> None:
    night.duties.did["joris", 7].shown = "Deze link is gebruikt."
    assert night.found() == (1, 0, 0)


def test_nobody_is_called_after_a_no(night: Night) -> None:
    night.forget(who="joris")
    night.duties.did.clear()
    night.duties.did["sanne", 7].declined, night.came = True, None
    assert night.found() == (1, 0, 0)


def test_nobody_is_called_after_somebody_who_sleeps(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.forget(who="joris")
    night.duties.did.clear()
    night.came = None
    night.duties.did["sanne", 7].silent_since = time.perf_counter()
    assert night.found() == (0, 0, 0)
    monkeypatch.setattr(alarms, "_LATE", -1.0)
    assert night.found() == (1, 0, 0)


@pytest.mark.parametrize("page", [YOURS, '<button type="submit">Ik kom</button>'])
def test_a_link_that_is_still_open_for_another(night: Night, page: str) -> None:
    night.duties.pages["a"] = page
    assert night.found() == (1, 0, 0)


def test_the_words_of_a_question(night: Night) -> None:
    night.rings("coordinators", None, words="Noodgeval. Vraag 7: p1x0123abcd is gehackt.")
    night.off("coordinators")
    assert night.found() == (0, 0, 1)
