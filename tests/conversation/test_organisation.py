"""For which organisation somebody asks: what they answer, and what they write instead."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Buurtwarmte Noord", "Buurtwarmte Noord"),
        ("voor de Voedselbank", "de Voedselbank"),
        ("Wij zijn Huis en Tuin.", "Huis en Tuin"),
        ("Het Blauwe Huis", "Het Blauwe Huis"),
        ("voor buurthuis Het Anker", "buurthuis Het Anker"),
        ("Mijn Buurtje", "Mijn Buurtje"),
        ("This Way Up", "This Way Up"),
    ],
)
async def test_a_name(stage: Stage, dm: str, answer: str, name: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.says(FATIMA, dm, answer)
    assert name in to(dm, said)[0]
    assert answer in to(TEAM, said)[0]  # in case it was something else


@pytest.mark.parametrize(
    "text",
    [
        "hij knippert nu oranje",
        "Is er iemand?",
        "Het gaat om de printer",
        "Het werkt niet in Firefox",
        "Ik ben Fatima",
        "mijn scherm",
        "Dank je Sanne",
        "Super",
        "dank je wel",
        "🌻",
        "en nu?",
    ],
)
async def test_no_name(stage: Stage, dm: str, text: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.says(FATIMA, dm, text)
    assert (await stage.ticket()).organisation_id is None
    assert text in to(TEAM, said)[0]


async def test_it_is_asked_once(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "Is er iemand?")
    await stage.says(FATIMA, dm, "Joepie")
    assert (await stage.ticket()).organisation_id is None


async def test_an_answer_in_the_help_room_ends_that(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    root = stage.last
    await stage.in_thread(SANNE, HELP, root, "Wat voor merk en type is het?")
    said = await stage.in_thread(KWAME, HELP, root, "HP Laserjet")
    assert "HP Laserjet" in to(TEAM, said)[0]
    assert (await stage.ticket()).organisation_id is None


async def test_nobody_has_to_know_it_now(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    [which] = to(dm, await stage.says(FATIMA, dm, "Noord"))
    assert "onderweg, ook zonder antwoord" in which


@pytest.mark.parametrize("none", ["geen", "Nee", "gewoon mezelf", "none"])
async def test_none(stage: Stage, dm: str, none: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.says(FATIMA, dm, none)
    assert len(to(dm, said)) == 1
    assert not to(TEAM, said)


async def test_corrected_and_spelled_otherwise(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!organisatie Cooperatie De Zon")
    first = (await stage.ticket()).organisation_id
    await stage.says(FATIMA, asked, "!organisatie coöperatie de zon")
    assert (await stage.ticket()).organisation_id == first


async def test_a_name_that_begins_with_a_number(stage: Stage, asked: str) -> None:
    assert "3 Stuivers" in to(asked, await stage.says(FATIMA, asked, "!organisatie 3 Stuivers"))[0]


async def test_a_name_without_a_letter(stage: Stage, asked: str) -> None:
    assert "letters" in to(asked, await stage.says(FATIMA, asked, "!organisatie 🌻"))[0]
