"""Edits follow to the other side, and only those of whoever may."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, edits_in, to


async def test_a_corrected_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze agnda is leeg")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.edits(FATIMA, dm, question, "Onze agenda is leeg")
    assert not to(dm, said)
    assert "Onze agenda is leeg" in edits_in(TEAM, said)[0]
    assert (await stage.ticket()).subject == "Onze agenda is leeg"


async def test_a_better_title_survives_a_correction(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze agnda is leeg")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(SANNE, TEAM, "!onderwerp 1 Lege agenda")
    await stage.edits(FATIMA, dm, question, "Onze agenda is leeg")
    assert (await stage.ticket()).subject == "Lege agenda"


@pytest.mark.both_databases
async def test_a_corrected_follow_up_and_answer(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "sinds zondg")
    said = await stage.edits(FATIMA, helped, stage.last, "sinds zondag")
    assert "sinds zondag" in edits_in(TEAM, said)[0]
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk ens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, "Kijk eens bij instellingen")
    assert edits_in(helped, said) == ["Sanne (helpdesk):\n\nKijk eens bij instellingen"]


async def test_a_corrected_note_stays_inside(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij is de penningmester")
    assert helped not in {
        s.room for s in await stage.edits(JORIS, TEAM, stage.last, "Zij is de penningmeester")
    }


async def test_nobody_corrects_the_words_of_somebody_else(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    assert not await stage.edits(JORIS, TEAM, stage.last, "Ga weg")
    assert not await stage.edits(SANNE, HELP, "$in5", "Ga weg")


async def test_a_corrected_command_is_not_obeyed_again(stage: Stage, asked: str) -> None:
    await stage.says(SANNE, TEAM, "!pak 7")
    [why] = to(TEAM, await stage.edits(SANNE, TEAM, stage.last, "!pak 1"))
    assert "nieuw bericht" in why
    assert (await stage.ticket()).assignee is None


async def test_a_corrected_command_answer(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!antwoord 1 Kijk ens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, "!antwoord 1 Kijk eens bij instellingen")
    assert edits_in(helped, said) == ["Sanne (helpdesk):\n\nKijk eens bij instellingen"]


@pytest.mark.parametrize(
    "text", ["!notitie zij betaalt nooit", "!notite 1 zij betaalt nooit", "!note zij betaalt nooit"]
)
async def test_an_answer_does_not_become_a_note(stage: Stage, helped: str, text: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, text)
    assert helped not in {s.room for s in said}
    assert "niet" in to(TEAM, said)[0]


async def test_nor_a_note_an_answer(stage: Stage, helped: str) -> None:
    await stage.in_thread(SANNE, TEAM, await stage.card(), "!notitie zij betaalt nooit")
    note = stage.last
    for text in ("!antwoord zij betaalt nooit", "!antwoordt zij betaalt nooit", "!pak 1"):
        said = await stage.edits(SANNE, TEAM, note, text)
        assert {s.room for s in said} == {TEAM}
        assert "nieuw bericht" in to(TEAM, said)[0]


async def test_nor_a_question_an_order(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "het werkt")
    message = stage.last
    [why] = to(helped, await stage.edits(FATIMA, helped, message, "!opgelost"))
    assert "nieuw bericht" in why
    assert "! echt waar" in edits_in(TEAM, await stage.edits(FATIMA, helped, message, "! echt waar"))[0]


async def test_a_corrected_mention_is_still_no_part_of_the_question(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "@Helpdesk mijn prnter is stuk")
    await stage.edits(KWAME, HELP, stage.last, "@Helpdesk mijn printer is stuk")
    assert (await stage.ticket()).question == "mijn printer is stuk"


class TestWhatStandsBehindACommand:
    """A correction is read as the message was: what went out is what was written."""

    async def test_a_number_that_is_part_of_the_words(self, stage: Stage, helped: str) -> None:
        await stage.in_thread(SANNE, TEAM, await stage.card(), "!antwoord 2 dingen: zet hem uit en aan")
        said = await stage.edits(SANNE, TEAM, stage.last, "!antwoord 2 dingen: zet hem uit en weer aan")
        assert edits_in(helped, said) == ["Sanne (helpdesk):\n\n2 dingen: zet hem uit en weer aan"]

    @pytest.mark.parametrize("before", ["!hulp", "!nieuw", "!hulp:", "!Nieuw,"])
    async def test_a_number_in_a_question(self, stage: Stage, dm: str, before: str) -> None:
        await stage.says(FATIMA, dm, f"{before} 3 laptops doen het niet")
        assert (await stage.ticket()).question == "3 laptops doen het niet"
        await stage.edits(FATIMA, dm, stage.last, f"{before} 3 laptops doen het niet meer")
        assert (await stage.ticket()).question == "3 laptops doen het niet meer"

    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("1: probeer het eens", "probeer het eens"),
            ("1, probeer het eens", "probeer het eens"),
            ("1. Probeer het eens", "Probeer het eens"),
            ("#1 probeer het eens", "probeer het eens"),
            ("1 2 keer klikken", "2 keer klikken"),
            ("1 : probeer het eens", ": probeer het eens"),
        ],
    )
    async def test_signs_behind_the_number(self, stage: Stage, helped: str, written: str, sent: str) -> None:
        [answer] = to(helped, await stage.says(SANNE, TEAM, f"!antwoord {written}"))
        assert answer == f"Sanne (helpdesk):\n\n{sent}"
        said = await stage.edits(SANNE, TEAM, stage.last, f"!antwoord: {written}!")
        assert edits_in(helped, said) == [f"Sanne (helpdesk):\n\n{sent}!"]

    @pytest.mark.parametrize("words", ["1:30 uur bel ik", "1,5 GB is genoeg", "1.5 GB is genoeg"])
    async def test_a_number_that_goes_on(self, stage: Stage, helped: str, words: str) -> None:
        said = await stage.in_thread(SANNE, TEAM, await stage.card(), f"!antwoord {words}")
        assert to(helped, said) == [f"Sanne (helpdesk):\n\n{words}"]

    async def test_another_question(self, stage: Stage, helped: str) -> None:
        """It was sent to the wrong one: a correction can't take it there."""
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.says(SANNE, TEAM, "!antwoord 1 Zet hem uit")
        answer = stage.last
        for text in ("!antwoord 2 Zet hem uit", "!antwoord #2 Zet hem uit", "!antwoord 1"):
            said = await stage.edits(SANNE, TEAM, answer, text)
            assert {s.room for s in said} == {TEAM}
            assert "niet doorgestuurd" in said[0].body

    @pytest.mark.parametrize("who", ["@kwame:test", "Kwame", "[Kwame](https://matrix.to/#/@kwame:test)"])
    async def test_a_question_for_somebody_else(self, stage: Stage, who: str) -> None:
        await stage.join(TEAM, KWAME)
        await stage.says(SANNE, TEAM, f"!ticket {who} de prnter is stuk")
        ticket = stage.last
        await stage.edits(SANNE, TEAM, ticket, f"!ticket {who} de printer is stuk")
        assert (await stage.ticket()).question == "de printer is stuk"
        [why] = to(TEAM, await stage.edits(SANNE, TEAM, ticket, "!ticket @fatima:test de printer is stuk"))
        assert "nieuw bericht" in why
        assert (await stage.ticket()).question == "de printer is stuk"
