"""Deletions follow to the other side, wherever the words have got to."""

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import rehome
from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.models import OutboxRow, Ticket
from tests.conversation.conftest import FATIMA, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import Said, Stage, redacted, to


def holding(word: str, said: list[Said]) -> set[str | None]:
    """The messages in rooms of teams in which a word can be read."""
    return {s.event_id for s in said if s.room in (TEAM, WEST) and word in str(s.content).casefold()}


async def test_a_deleted_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    old = await stage.card()
    await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    told = holding("appeltaart", stage.sent)
    assert len(told) == 2  # the card and its correction
    said = await stage.deletes(FATIMA, dm, question)
    assert set(redacted(said)) == told
    card, where = to(TEAM, said)
    assert "(dit bericht is verwijderd)" in card
    assert old in where
    assert not holding("appeltaart", said)
    ticket = await stage.ticket()
    assert "appeltaart" not in ticket.subject + ticket.question
    assert not await stage.deletes(FATIMA, dm, question)


async def test_life_goes_on_at_the_new_card_and_in_the_old_thread(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    old = await stage.card()
    said = await stage.says(FATIMA, dm, "en ik kom er niet in")
    copy = next(s.event_id for s in said if "kom er niet in" in s.body)
    await stage.deletes(FATIMA, dm, question)
    new = await stage.card()
    assert new != old
    assert "Sanne helpt" in to(dm, await stage.reacts(SANNE, TEAM, new, "✋"))[0]
    assert "stap 1" in to(dm, await stage.replies(SANNE, TEAM, new, "stap 1"))[0]
    assert "stap 2" in to(dm, await stage.replies(SANNE, TEAM, copy, "stap 2", thread=old))[0]
    assert "stap 3" in to(dm, await stage.replies(SANNE, TEAM, old, "stap 3"))[0]
    said = await stage.in_thread(SANNE, TEAM, old, "ze heet Fatima")
    assert not to(dm, said)
    assert [s.refs.get("thread") for s in said if "noteert" in s.body] == [new]
    [relayed] = [s for s in await stage.says(FATIMA, dm, "gelukt") if s.room == TEAM]
    assert relayed.refs["thread"] == new


@pytest.mark.both_databases
async def test_a_deleted_question_that_has_been_with_two_teams(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "West")
    await stage.says(WIM, WEST, "!stadsdeel 1 Noord")
    await stage.says(SANNE, TEAM, "!stadsdeel 1 West")
    await stage.says(WIM, WEST, "!stadsdeel 1 Noord")
    held = holding("appeltaart", stage.sent)
    said = await stage.deletes(FATIMA, dm, question)
    assert held <= set(redacted(said))
    assert not holding("appeltaart", said)
    assert len([s for s in said if "prioriteit:" in s.body]) == 1


async def test_a_deleted_question_whose_team_got_another_room(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    async with stage.db.transaction() as session:
        (await session.get_one(Ticket, 1)).team_room = "!oud-team:test"
    async with stage.db.transaction() as session:
        await rehome(Act(session, stage.now, stage.setting))
    await stage.settle()
    held = holding("appeltaart", stage.sent)
    assert len(held) == 2
    assert held == set(redacted(await stage.deletes(FATIMA, dm, question)))


async def test_a_deleted_message_of_a_question_that_has_become_part_of_another(
    stage: Stage, asked: str
) -> None:
    await stage.says(FATIMA, asked, "!nieuw De printer zegt niets meer")
    await stage.says(FATIMA, asked, "mijn wachtwoord is appeltaart")
    message = stage.last
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.edits(FATIMA, asked, message, "mijn wachtwoord is Appeltaart")
    held = holding("appeltaart", stage.sent)
    assert len(held) == 4
    assert held == set(redacted(await stage.deletes(FATIMA, asked, message)))


async def test_a_deleted_question_that_has_become_part_of_another(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!nieuw Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.edits(FATIMA, asked, question, "!nieuw Mijn wachtwoord is Appeltaart")
    held = holding("appeltaart", stage.sent)
    said = await stage.deletes(FATIMA, asked, question)
    assert held <= set(redacted(said))
    assert not [s for s in said if "prioriteit:" in s.body]  # it lives on in the other one's card


async def test_a_deleted_question_whose_card_was_on_its_way_in_that_moment(stage: Stage, dm: str) -> None:
    """A newer version replaces one that is being sent: the homeserver has both."""
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    stage.offline = True
    await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    async with stage.db.reading() as session:
        under_way = (await session.scalars(select(OutboxRow).where(OutboxRow.coalesce.is_not(None)))).one()
    await stage.says(SANNE, TEAM, "!prioriteit 1 laag")
    async with stage.db.transaction() as session:
        await delivery.mark_sent(session, under_way.txn_id, "$onderweg", stage.now)
    stage.offline = False
    await stage.settle()
    assert "$onderweg" in redacted(await stage.deletes(FATIMA, dm, question))


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
