"""The promises about what helpdesks say to one another, in smaller cities than `make simulate`; and that they can be broken."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from benchmarks import federation_simulation as simulation
from benchmarks.traffic import city as made_up
from benchmarks.traffic.city import HELLOS, LENDS, City
from helpdesk_bot.domain.federation.choosing import Able, whom


def broken() -> set[str]:
    figures = simulation.figures(sizes=(2, 10, 20), busier=(3, 10))
    assert len([figure for figure in figures if figure.limit is not None]) == 4
    return {figure.name for figure in figures if not figure.good}


def test_every_promise_is_kept() -> None:
    assert broken() == set()


def test_when_everybody_is_asked_it_grows_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(able: Iterable[Able], **question: Any) -> list[str]:
        return whom(able, **question, most=99)

    monkeypatch.setattr(made_up, "whom", everybody)
    assert f"words {LENDS}, 20 helpdesks to 10" in broken()


def test_the_same_comes_out_twice() -> None:
    once, again = City(5, 3).lived(), City(5, 3).lived()
    assert (once.counts, once.bytes) == (again.counts, again.bytes)


def test_signs_of_life_alone_are_four_a_day_to_each_peer() -> None:
    quiet = City(4, 0).lived()
    assert quiet.words(LENDS) == 0
    assert made_up.RULES.hello_every == timedelta(hours=6)
    assert quiet.words(HELLOS) == pytest.approx(3 * 4, abs=0.5)
