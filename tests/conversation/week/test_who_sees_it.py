"""Who gets which figures, and where."""

from datetime import UTC, datetime

from helpdesk_bot.storage.models import Work
from tests.conversation.conftest import CITY, COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import Said, Stage, to
from tests.conversation.week.overview import files, table, words


async def test_who_does_what_is_for_coordinators_only(stage: Stage, monday: list[Said]) -> None:
    async with stage.db.transaction() as session:
        session.add(
            Work(
                ticket_id=1,
                user_id=SANNE,
                minutes=90,
                paid=False,
                worked_on=datetime(2026, 11, 24, tzinfo=UTC).date(),
                event_id="$w1",
                created_at=stage.now,
            )
        )
    inside = await stage.says(ELS, COORDINATION, "!week noord")
    assert "Sanne: 1 in handen, 0 opgelost, 1 uur en 30 minuten gewerkt" in words(inside)[0].body
    team = await stage.says(SANNE, TEAM, "!week")
    assert "Vrijwillig: 1 uur en 30 minuten" in words(team, TEAM)[0].body
    assert "Sanne" not in words(team, TEAM)[0].body
    assert "Sanne" not in await table(stage, files(team, TEAM)[1])
    assert "Hangt op één persoon" not in words(team, TEAM)[0].body


async def test_a_team_sees_its_own_and_no_other(stage: Stage, monday: list[Said]) -> None:
    own = await stage.says(WIM, WEST, "!week 48")
    assert words(own, WEST)[0].body.startswith("Week 48 · West")
    [no] = to(WEST, await stage.says(WIM, WEST, "!week noord"))
    assert "alleen de cijfers van West" in no


async def test_the_citys_team_sees_the_city(stage: Stage, monday: list[Said]) -> None:
    await stage.join(CITY, JORIS, "@hulp:test")
    said = await stage.says(JORIS, CITY, "!week")
    assert words(said, CITY)[0].body.startswith("Week 48 · hele stad")
    assert "Sanne" not in words(said, CITY)[0].body


async def test_in_a_direct_chat(stage: Stage, monday: list[Said]) -> None:
    els, sanne = await stage.direct(ELS), await stage.direct(SANNE)
    said = await stage.says(ELS, els, "!week noord")
    assert "Sanne: 1 in handen" in words(said, els)[0].body
    [no] = to(sanne, await stage.says(SANNE, sanne, "!week"))
    assert "in je teamkamer" in no


async def test_nobody_else_gets_figures(stage: Stage, monday: list[Said], dm: str) -> None:
    [no] = to(dm, await stage.says(FATIMA, dm, "!week"))
    assert "Week 48" not in no
    said = await stage.says(SANNE, "!help-noord:test", "!week")
    assert all("Week 48 ·" not in s.body for s in said)


async def test_who_was_a_coordinator_is_none_any_more(stage: Stage, monday: list[Said]) -> None:
    els = await stage.direct(ELS)
    await stage.join(COORDINATION, ELS, membership="leave")
    [no] = to(els, await stage.says(ELS, els, "!week"))
    assert "Week 48 ·" not in no
