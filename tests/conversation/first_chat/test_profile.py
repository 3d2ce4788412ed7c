"""What somebody has said about how they help, shown and changed in their own words."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, JORIS, SANNE, TEAM
from tests.conversation.first_chat.amira import technician
from tests.conversation.stage import Stage, to


async def change(stage: Stage, words: str, who: str = SANNE) -> str:
    dm = await stage.direct(who)
    [said] = to(dm, await stage.says(who, dm, words))
    return said


@pytest.mark.parametrize(
    ("words", "noted"),
    [
        ("!profiel vaardigheden mail, bestanden", "bestanden en delen en mail"),
        ("!profiel vaardigheiden mail", "mail"),
        ("!profile skills website", "website"),
        ("!profiel talen Turks en español", "Spaans en Turks"),
        ("!profiel aantal 3", "3 vragen"),
        ("!profiel rust 22:00-8:00", "22:00 tot 08:00"),
        ("!profiel rust nee", "altijd iets krijgen"),
        ("!profiel naam nee", "iemand van de helpdesk"),
        ("!profiel leren website", "website"),
        ("!profiel stadsdelen overal", "Noord, West en Nieuw-West"),
        ("!profiel betaald betaald", "betaald"),
        ("!profiel rust", "22:00"),  # how to write it
    ],
)
async def test_a_line_is_changed(stage: Stage, words: str, noted: str) -> None:
    said = await change(stage, words)
    assert noted.casefold() in said.casefold()


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("mail, agenda", "+ website", ["mail", "calendar", "website"]),
        ("mail", "+mail", ["mail"]),
        ("mail", "ook agenda", ["mail", "calendar"]),
        ("mail", "agenda erbij", ["mail", "calendar"]),
        ("mail", "wordpress erbij", ["mail", "website"]),
        ("geen", "ook agenda", ["calendar"]),
        ("mail, agenda", "- mail", ["calendar"]),
        ("mail, agenda", "geen mail meer", ["calendar"]),
        ("mail, agenda", "not mail", ["calendar"]),
        ("mail, agenda", "remove mail and calendar", []),
        ("mail", "- agenda", ["mail"]),
        ("mail, agenda", "website", ["website"]),
        ("mail", "geen", []),
        ("mail", "geen van deze", []),
        ("mail", "ook agenda?", ["mail"]),
        ("mail", "+ koffie", ["mail"]),
        ("mail", "+", ["mail"]),
        ("mail", "- website\n- agenda", ["calendar", "website"]),
    ],
)
async def test_one_thing_of_a_list(stage: Stage, before: str, words: str, after: list[str]) -> None:
    await change(stage, f"!profiel vaardigheden {before}")
    await change(stage, f"!profiel vaardigheden {words}")
    assert (await technician(stage, SANNE)).skills == after


async def test_another_stadsdeel_beside_that_of_the_team(stage: Stage) -> None:
    await change(stage, "!profiel stadsdelen + West")
    assert (await technician(stage, SANNE)).stadsdelen == ["noord", "west"]


async def test_what_nobody_said_is_not_told_as_said(stage: Stage) -> None:
    assert "geen onderwerp gekozen" in await change(stage, "!profiel")


@pytest.mark.parametrize("words", ["!profiel aantal 99", "!profiel vaardigheden koken", "!profiel naam x"])
async def test_what_is_not_understood_changes_nothing(stage: Stage, words: str) -> None:
    assert "niets veranderd" in await change(stage, words)


async def test_an_unknown_line(stage: Stage) -> None:
    assert "aantal" in await change(stage, "!profiel schoenmaat 43")


async def test_shown_in_words(stage: Stage) -> None:
    await change(stage, "!profiel aantal 3")
    assert "hoogstens 3 vragen" in await change(stage, "!profiel")


async def test_in_the_team_room_it_goes_to_the_direct_chat(stage: Stage) -> None:
    said = await stage.says(SANNE, TEAM, "!profiel")
    [here] = to(TEAM, said)
    assert "eigen gesprek" in here
    assert "Talen" in to("!new-dm-sanne:test", said)[0]


@pytest.mark.parametrize(("who", "room"), [(FATIMA, "dm"), (SANNE, HELP)])
async def test_not_for_requesters_nor_where_they_read(stage: Stage, dm: str, who: str, room: str) -> None:
    [refused] = [s.body for s in await stage.says(who, dm if room == "dm" else room, "!profiel")]
    assert "`!profiel`" not in refused or "team" in refused
    assert "Talen" not in refused


async def test_each_their_own(stage: Stage) -> None:
    await change(stage, "!profiel aantal 3")
    assert "hoogstens 3" not in await change(stage, "!profiel", JORIS)
