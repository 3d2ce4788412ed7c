"""Who knows an initiative, and who goes on when they can't."""

import pytest
from sqlalchemy import select

from helpdesk_bot.storage.models import Organisation
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WIM
from tests.conversation.stage import Said, Stage, to


@pytest.fixture
async def known(stage: Stage, dm: str) -> str:
    """Question 1 is for Buurtwarmte Noord."""
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "Buurtwarmte Noord")
    return dm


async def buurtwarmte(stage: Stage) -> Organisation:
    async with stage.db.reading() as session:
        return (await session.scalars(select(Organisation))).one()


def texts(said: list[Said]) -> str:
    return "\n".join(s.body for s in said)


async def solved(stage: Stage, dm: str, number: int, who: str) -> None:
    await stage.says(who, TEAM, f"!pak {number}")
    await stage.says(who, TEAM, f"!opgelost {number}")
    await stage.says(FATIMA, dm, f"!opgelost {number}")


@pytest.mark.parametrize(
    "words",
    [
        "!reserve @joris:test voor Buurtwarmte Noord",
        "!reserve Joris buurtwarmte noord",
        "!backup @joris:test for Buurtwarmte Noord",
    ],
)
async def test_a_backup(stage: Stage, known: str, words: str) -> None:
    assert "Joris" in texts(await stage.says(SANNE, TEAM, words))
    assert (await buurtwarmte(stage)).backup == JORIS


async def test_in_the_thread_of_a_question(stage: Stage, known: str) -> None:
    said = await stage.in_thread(SANNE, TEAM, await stage.card(), "!reserve @joris:test")
    assert "reserve voor Buurtwarmte Noord" in texts(said)


async def test_no_backup_any_more(stage: Stage, known: str) -> None:
    await stage.says(SANNE, TEAM, "!reserve @joris:test Buurtwarmte Noord")
    await stage.says(SANNE, TEAM, "!reserve niemand voor Buurtwarmte Noord")
    assert (await buurtwarmte(stage)).backup is None


async def test_chosen_by_a_coordinator(stage: Stage, known: str) -> None:
    await stage.says(ELS, COORDINATION, "!vaste-helper @sanne:test voor Buurtwarmte Noord")
    found = await buurtwarmte(stage)
    assert (found.helper, found.helper_said) == (SANNE, True)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("!reserve @joris:test voor Buurtwarmte Nord", "Bedoel je Buurtwarmte Noord"),
        ("!reserve @joris:test voor De Koffiefabriek", "geen organisatie die"),
        ("!reserve @joris:test", "Voor welke organisatie"),
        ("!reserve", "Noem iemand"),
        ("!reserve @hulp:test voor Buurtwarmte Noord", "Noem een collega"),
        ("!reserve @kwame:test voor Buurtwarmte Noord", "in geen team"),
    ],
)
async def test_what_can_not_be(stage: Stage, known: str, words: str, what: str) -> None:
    assert what in texts(await stage.says(SANNE, TEAM, words))
    assert (await buurtwarmte(stage)).backup is None


async def test_a_backup_who_becomes_the_helper_leaves_a_place_open(stage: Stage, known: str) -> None:
    await stage.says(SANNE, TEAM, "!reserve @joris:test voor Buurtwarmte Noord")
    said = texts(await stage.says(SANNE, TEAM, "!vaste-helper @joris:test voor Buurtwarmte Noord"))
    assert "Er is nu geen reserve. Kies iemand: !reserve @naam voor Buurtwarmte Noord" in said
    said = texts(await stage.says(SANNE, TEAM, "!reserve @sanne:test voor Buurtwarmte Noord"))
    assert "geen reserve" not in said


async def test_nobody_is_their_own_backup(stage: Stage, known: str) -> None:
    await stage.says(SANNE, TEAM, "!vaste-helper @joris:test voor Buurtwarmte Noord")
    said = await stage.says(SANNE, TEAM, "!reserve @joris:test voor Buurtwarmte Noord")
    assert "niet aan één persoon" in texts(said)


@pytest.mark.both_databases
async def test_whoever_helps_most_is_the_helper(stage: Stage, known: str) -> None:
    await solved(stage, known, 1, SANNE)
    assert (await buurtwarmte(stage)).helper == SANNE
    for number in (2, 3):
        await stage.says(FATIMA, known, "!nieuw Mijn printer doet het niet")
        await solved(stage, known, number, JORIS)
    assert (await buurtwarmte(stage)).helper == JORIS


async def test_the_chosen_one_stays(stage: Stage, known: str) -> None:
    await stage.says(ELS, COORDINATION, "!vaste-helper @joris:test voor Buurtwarmte Noord")
    await solved(stage, known, 1, SANNE)
    assert (await buurtwarmte(stage)).helper == JORIS
    await stage.says(ELS, COORDINATION, "!vaste-helper niemand voor Buurtwarmte Noord")
    await stage.says(FATIMA, known, "!nieuw Mijn printer doet het niet")
    await solved(stage, known, 2, SANNE)
    assert (await buurtwarmte(stage)).helper == SANNE


async def test_shown_to_the_team_and_to_nobody_else(stage: Stage, known: str) -> None:
    await stage.says(SANNE, TEAM, "!reserve @joris:test Buurtwarmte Noord")
    assert "vaste helper nog niemand, reserve Joris" in texts(await stage.says(SANNE, TEAM, "!status 1"))
    assert "Joris" not in texts(await stage.says(FATIMA, known, "!status 1"))


@pytest.mark.parametrize("room", [HELP, "dm"])
async def test_not_for_requesters(stage: Stage, known: str, room: str) -> None:
    said = await stage.says(FATIMA, known if room == "dm" else room, "!reserve @joris:test Buurtwarmte Noord")
    assert (await buurtwarmte(stage)).backup is None
    assert "genoteerd" not in texts(said).casefold()


async def test_the_backup_is_asked_first_when_the_helper_goes(stage: Stage, known: str) -> None:
    await stage.says(SANNE, TEAM, "!pak 1")
    await stage.says(SANNE, TEAM, "!reserve @joris:test Buurtwarmte Noord")
    said = await stage.says(SANNE, TEAM, "!pauze")
    [asked] = [s for s in said if s.room == TEAM and "Je bent reserve voor Buurtwarmte Noord" in s.body]
    assert asked.content["m.mentions"] == {"user_ids": [JORIS]}


class TestMentor:
    async def test_a_learner_asks(self, stage: Stage) -> None:
        joris, sanne = await stage.direct(JORIS), await stage.direct(SANNE)
        await stage.says(JORIS, joris, "!profiel leren website")
        await stage.says(SANNE, sanne, "!mijn")
        said = await stage.says(JORIS, joris, "!mentor @sanne:test")
        assert "gevraagd" in texts([s for s in said if s.room == joris])
        [asked] = to(sanne, said)
        assert "Joris wil graag van je leren (website)" in asked
        said = await stage.says(SANNE, sanne, "ja")
        assert "Sanne laat je graag meekijken" in texts([s for s in said if s.room == joris])
        assert "Fijn" in texts([s for s in said if s.room == sanne])

    async def test_no_is_fine(self, stage: Stage) -> None:
        joris, sanne = await stage.direct(JORIS), await stage.direct(SANNE)
        await stage.says(SANNE, sanne, "!mijn")
        await stage.says(JORIS, joris, "!mentor @sanne:test")
        assert "ja of nee" in texts(await stage.says(SANNE, sanne, "misschien"))
        assert "geen ruimte" in texts(await stage.says(SANNE, sanne, "nee"))

    @pytest.mark.parametrize("words", ["!mentor @joris:test @sanne:test", "!mentor Joris Sanne"])
    async def test_a_coordinator_pairs(self, stage: Stage, words: str) -> None:
        await stage.join(COORDINATION, JORIS, SANNE)
        said = await stage.says(ELS, COORDINATION, words)
        assert "Joris leert van Sanne" in to(COORDINATION, said)[0]
        assert "gekoppeld aan Sanne" in to("!new-dm-joris:test", said)[0]
        assert "Joris aan jou gekoppeld" in to("!new-dm-sanne:test", said)[0]

    async def test_by_mentions_in_their_order(self, stage: Stage) -> None:
        mentions = {"m.mentions": {"user_ids": [SANNE, JORIS]}}
        said = await stage.says(ELS, COORDINATION, "!mentor Joris van Sanne", **mentions)
        assert "Joris leert van Sanne" in to(COORDINATION, said)[0]

    @pytest.mark.parametrize(
        ("who", "words", "what"),
        [
            (JORIS, "!mentor @wim:test @sanne:test", "coördinator"),
            (JORIS, "!mentor @joris:test", "niemand leert van zichzelf"),
            (JORIS, "!mentor @kwame:test", "in geen team"),
            (JORIS, "!mentor", "Noem iemand"),
            (JORIS, "!mentor niemand", "Genoteerd"),
        ],
    )
    async def test_what_can_not_be(self, stage: Stage, who: str, words: str, what: str) -> None:
        assert what in texts(await stage.says(who, TEAM, words))

    async def test_not_for_strangers(self, stage: Stage) -> None:
        dm = await stage.direct(KWAME)
        assert "mensen van het team" in texts(await stage.says(KWAME, dm, "!mentor @sanne:test"))
        assert "mensen van het team" not in texts(
            await stage.says(WIM, await stage.direct(WIM), "!mentor @sanne:test")
        )
