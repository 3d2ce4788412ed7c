"""Edits, deletions and reactions follow to the other side, and only those of whoever may."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, edits_in, redacted, to


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
    said = await stage.edits(SANNE, TEAM, stage.last, "!antwoord zij betaalt nooit")
    assert helped not in {s.room for s in said}


async def test_a_corrected_mention_is_still_no_part_of_the_question(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "@Helpdesk mijn prnter is stuk")
    await stage.edits(KWAME, HELP, stage.last, "@Helpdesk mijn printer is stuk")
    assert (await stage.ticket()).question == "mijn printer is stuk"


async def test_a_deleted_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.deletes(FATIMA, dm, question)
    [card] = edits_in(TEAM, said)
    assert "appeltaart" not in card
    ticket = await stage.ticket()
    assert "appeltaart" not in ticket.subject + ticket.question


@pytest.mark.both_databases
async def test_a_deleted_message_and_its_corrections(stage: Stage, helped: str) -> None:
    said = await stage.says(FATIMA, helped, "mijn wachtwoord is appeltaart")
    message, [copy] = stage.last, [s.event_id for s in said if s.room == TEAM]
    [edit] = [
        s.event_id
        for s in await stage.edits(FATIMA, helped, message, "mijn wachtwoord is appeltaart1")
        if s.edits == copy
    ]
    assert set(redacted(await stage.deletes(FATIMA, helped, message))) == {copy, edit}
    assert not await stage.deletes(FATIMA, helped, message)


async def test_a_deleted_answer_with_a_file(stage: Stage, helped: str) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}}
    said = await stage.sends(SANNE, TEAM, body="Zo", filename="uitleg.png", **relates)
    answer = stage.last
    copies = {s.event_id for s in said if s.type == "m.room.message" and not s.edits}
    assert set(redacted(await stage.deletes(SANNE, TEAM, answer))) == copies


async def test_a_reaction_both_ways_and_back(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    answer, [copy] = stage.last, [s for s in said if s.room == helped]
    [passed_on] = await stage.reacts(FATIMA, helped, copy.event_id, "❤️")
    assert (passed_on.room, passed_on.body, passed_on.refs["about"]) == (TEAM, "❤", answer)
    assert redacted(await stage.deletes(FATIMA, helped, stage.last)) == [passed_on.event_id]
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    told = stage.last
    [passed_on] = await stage.reacts(JORIS, TEAM, copy.event_id, "🎉")
    assert (passed_on.room, passed_on.refs["about"]) == (helped, told)


async def test_a_reaction_in_words_stays_inside(stage: Stage, helped: str) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    assert not await stage.reacts(JORIS, TEAM, copy.event_id, "eindelijk")


async def test_reactions_to_anything_else(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij is de penningmeester")
    assert not await stage.reacts(SANNE, TEAM, stage.last, "👍")
    assert not await stage.reacts(SANNE, TEAM, await stage.card(), "🎂")
    assert not await stage.reacts(FATIMA, helped, "$nergens", "👍")
    for content in (
        {},
        {"m.relates_to": 7},
        {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": 7}},
    ):
        assert not (await stage.event(FATIMA, helped, "m.reaction", content))[1]
    assert not await stage.failed()
