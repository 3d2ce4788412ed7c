"""In which stadsdeel somebody is: what they answer, and what they write instead."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, FATIMA, SANNE, TEAM, WEST
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize("answer", ["Noord", "noord.", "1", "in Noord hoor", "Amsterdam-Noord"])
async def test_by_name_or_number(stage: Stage, dm: str, answer: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    said = await stage.says(FATIMA, dm, answer)
    [noted] = to(dm, said)
    assert "Noord" in noted
    assert "organisatie" in noted
    _, asked = to(TEAM, said)  # 'Noord' says nothing else
    assert "oppakken" in asked


async def test_a_sentence_says_more_than_that(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    said = await stage.says(FATIMA, dm, "wij zitten in Noord, bij het IJplein om de hoek")
    assert "IJplein" in to(TEAM, said)[-1]


async def test_nieuw_west_is_not_west(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "nieuw west")
    assert (await stage.ticket()).stadsdeel == "nieuw-west"


async def test_a_slip_is_asked_again(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    [again] = to(dm, await stage.says(FATIMA, dm, "Noort"))
    assert "niet zeker welk stadsdeel" in again


@pytest.mark.parametrize("text", ["West, niet Noord", "Noord of West, weet ik niet precies"])
async def test_two_are_asked_again(stage: Stage, dm: str, text: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    [again] = to(dm, await stage.says(FATIMA, dm, text))
    assert "1 Noord, 2 West" in again
    assert (await stage.ticket()).stadsdeel is None
    assert text in to(TEAM, await stage.says(FATIMA, dm, "Noord"))[1]


async def test_no_idea_goes_to_the_city_at_once(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    said = await stage.says(FATIMA, dm, "Geen idee")
    assert "hele stad" in to(dm, said)[0]
    assert len(to(CITY, said)) == 1


async def test_something_else_is_no_answer_and_not_lost(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert not await stage.says(FATIMA, dm, "Hij zegt dat het wachtwoord fout is")
    said = await stage.says(FATIMA, dm, "Noord")
    assert "wachtwoord" in to(TEAM, said)[1]


async def test_one_answer_for_two_questions(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "!nieuw En mijn agenda is leeg")
    said = await stage.says(FATIMA, dm, "Noord")
    assert len([words for words in to(TEAM, said) if words.startswith("Vraag ")]) == 2
    assert not await stage.passes(timedelta(minutes=11))


async def test_late_but_somebody_helps_already(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.passes(timedelta(minutes=11))
    await stage.join(CITY, "@cato:test")
    await stage.reacts("@cato:test", CITY, await stage.card(), "✋")
    [kept] = to(dm, await stage.says(FATIMA, dm, "Noord"))
    assert "gaat gewoon verder" in kept
    assert (await stage.ticket()).team_room == CITY


async def test_nobody_knows_and_the_organisation_is_asked(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    [told] = to(dm, await stage.passes(timedelta(minutes=11)))
    assert "Voor welke organisatie" in told
    await stage.says(FATIMA, dm, "Buurtwarmte Noord")
    ticket = await stage.ticket()
    assert (ticket.organisation_id is not None, ticket.stadsdeel) == (True, None)


@pytest.mark.parametrize("place", ["Noord", "1", "in Noord"])
async def test_a_place_is_no_organisation(stage: Stage, dm: str, place: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.passes(timedelta(minutes=11))
    said = await stage.says(FATIMA, dm, place)
    assert "agenda" in to(TEAM, said)[0] or "Mijn mail" in to(TEAM, said)[0]
    ticket = await stage.ticket()
    assert (ticket.organisation_id, ticket.stadsdeel) == (None, "noord")


async def test_no_idea_after_it_went_to_the_city(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "!organisatie Buurtwarmte")
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.passes(timedelta(minutes=11))
    assert "ook zonder stadsdeel" in to(dm, await stage.says(FATIMA, dm, "geen idee"))[0]


async def test_a_correction_before_anybody_helps(stage: Stage, asked: str) -> None:
    old = await stage.card()
    said = await stage.says(FATIMA, asked, "!stadsdeel West")
    assert "West" in to(asked, said)[0]
    assert "agenda" in to(WEST, said)[0]
    [retired] = [s.body for s in said if s.edits == old]
    assert "staat hier niet meer" in retired
    assert "agenda" not in retired
    [gone] = to(TEAM, await stage.replies(SANNE, TEAM, old, "Ik kijk even"))
    assert "niet" in gone
    assert not (await stage.ticket()).assignee


async def test_a_correction_by_number_in_the_list(stage: Stage, asked: str) -> None:
    assert "West" in to(asked, await stage.says(FATIMA, asked, "!stadsdeel 2"))[0]
    assert (await stage.ticket()).stadsdeel == "west"


async def test_an_unknown_correction(stage: Stage, asked: str) -> None:
    [which] = to(asked, await stage.says(FATIMA, asked, "!stadsdeel Rotterdam"))
    assert "1 Noord" in which
