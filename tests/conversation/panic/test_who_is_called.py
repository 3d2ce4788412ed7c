"""Who is called: whoever is on duty at that moment, and who comes in their place."""

from datetime import UTC, datetime

from tests.conversation.conftest import COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM
from tests.conversation.duty import NOORD, away, chat, profile, with_duty
from tests.conversation.panic.emergency import HOUR, MINUTE, PATIENCE, called
from tests.conversation.stage import Stage, to


async def test_who_is_away_or_has_left_is_not_called(duty: Stage, dm: str) -> None:
    await away(duty, SANNE)
    await duty.join(TEAM, JORIS, membership="leave")
    said = await duty.says(FATIMA, dm, "!paniek alles is weg")
    assert any("Ik bel nu Kim" in words for words in to(dm, said))


async def test_in_a_gap_the_next_one_is_called_and_that_is_said(duty: Stage, dm: str) -> None:
    await away(duty, SANNE)
    said = await duty.says(FATIMA, dm, "!paniek alles is weg")
    assert any("nu niemand dienst. Ik bel daarom Joris" in words for words in to(dm, said))


async def test_whoever_raises_the_alarm_is_not_called(duty: Stage) -> None:
    await duty.says(SANNE, chat(SANNE), "!stadsdeel noord")
    said = await duty.says(SANNE, chat(SANNE), "!paniek alles is weg")
    assert any(
        "Ik bel daarom Joris" in words or "Ik bel nu Joris" in words for words in to(chat(SANNE), said)
    )


async def test_whoever_would_rather_not_be_named_is_not(duty: Stage, dm: str) -> None:
    await profile(duty, SANNE, show_name=False)
    said = await duty.says(FATIMA, dm, "!paniek alles is weg")
    assert any("Ik bel nu iemand van de helpdesk" in words for words in to(dm, said))
    assert not any("Sanne" in words for words in to(dm, said))
    assert any("Ik bel nu Sanne" in words for words in to(TEAM, said))


async def test_without_a_rota_the_coordinators_and_the_team(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    assert any(
        "geen dienst ingesteld" in words and "alle coördinatoren" in words for words in to(asked, said)
    )
    assert "noodgeval" in to(COORDINATION, said)[0]
    assert any("Er komt nog niemand voor vraag 1" in words for words in to(TEAM, said))


async def test_nobody_of_the_rota_is_there(stage: Stage, asked: str) -> None:
    await with_duty(stage, {**NOORD, "people": ["@weg:test"]})
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    assert any("Er heeft nu niemand dienst" in words for words in to(asked, said))


async def test_at_night_when_the_clocks_change(stage: Stage, dm: str) -> None:
    """The turn ends at half past two in the night in which that hour comes twice."""
    stage.now = datetime(2026, 10, 25, 0, 28, tzinfo=UTC)  # 2:28 in summer time
    rota = {
        **NOORD,
        "days": 1,
        "handover_time": "02:30",
        "first_day": "2026-10-24",
        "handover_day": "saturday",
    }
    await with_duty(stage, rota)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    said = await stage.says(FATIMA, dm, "!paniek we zijn gehackt")
    assert any("Ik bel nu Sanne" in words for words in to(dm, said))  # until 2:30, the first one
    said = await stage.passes(PATIENCE)
    assert "Ik bel nu Joris, die dienst heeft" in to(dm, said)[0]
    said = await stage.passes(HOUR - MINUTE)  # 2:32 again, in winter time: it is Joris' turn still
    assert "alle coördinatoren" in to(dm, said)[0]
    assert await called(stage) == [(SANNE, "silent"), (JORIS, "silent"), (ELS, None), (None, None)]
