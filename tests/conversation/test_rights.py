"""Rights come from the rooms somebody is in at the moment of the act, and from nothing else."""

import pytest

from helpdesk_bot.storage.models import Room
from tests.conversation.conftest import COORDINATION, FATIMA, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import BOT, Stage, to

ACTS = (
    "!pak 1",
    "!antwoord 1 Dag Fatima",
    "!opgelost 1",
    "!notitie 1 x",
    "!prioriteit 1 spoed",
    "!status 1",
    "!overnemen 1",
)


@pytest.mark.parametrize("text", ACTS)
async def test_another_team_has_no_say(stage: Stage, helped: str, text: str) -> None:
    said = await stage.says(WIM, WEST, text)
    assert not to(helped, said)
    assert "geen vraag 1" in to(WEST, said)[0]
    assert (await stage.ticket()).assignee == SANNE


@pytest.mark.parametrize("text", ACTS)
async def test_a_requester_has_no_say_in_other_peoples_questions(
    stage: Stage, helped: str, text: str
) -> None:
    dm = await stage.direct(KWAME)
    said = await stage.says(KWAME, dm, text)
    assert {s.room for s in said} == {dm}


async def test_who_has_left_has_no_say(stage: Stage, helped: str) -> None:
    await stage.join(TEAM, SANNE, membership="leave")
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Nog één ding")
    assert not to(helped, said)
    assert not to(helped, await stage.reacts(SANNE, TEAM, await stage.card(), "✅"))
    assert (await stage.ticket()).status == "claimed"


async def test_an_invitation_is_no_membership(stage: Stage, asked: str) -> None:
    await stage.join(TEAM, KWAME, membership="invite")
    dm = await stage.direct(KWAME)
    await stage.says(KWAME, dm, "!pak 1")
    assert (await stage.ticket()).assignee is None


@pytest.mark.parametrize("rule", ["public", "restricted", "knock_restricted", "onbekend", None])
async def test_a_room_that_anyone_can_join_gives_no_role(stage: Stage, asked: str, rule: str) -> None:
    await stage.room(TEAM, join_rule=rule)
    for said in (
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋"),
        await stage.says(SANNE, TEAM, "!pak 1"),
        await stage.replies(SANNE, TEAM, await stage.card(), "Dag Fatima"),
        await stage.in_thread(SANNE, TEAM, await stage.card(), "zij betaalt nooit"),
    ):
        assert "Iedereen kan deze kamer binnenkomen" in to(TEAM, said)[0]
        assert not to(asked, said)


async def test_a_sign_that_is_no_act_is_not_refused(stage: Stage, asked: str) -> None:
    await stage.room(TEAM, join_rule="public")
    assert not await stage.reacts(SANNE, TEAM, await stage.card(), "🎂")


@pytest.mark.parametrize("text", ["Staat hij uit?", "!antwoord 1 Staat hij uit?"])
async def test_a_correction_needs_the_right_to_answer(stage: Stage, helped: str, text: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
    answer = stage.last
    await stage.room(TEAM, join_rule="public", encrypted=True)
    said = await stage.edits(SANNE, TEAM, answer, text)
    assert {s.room for s in said} == {TEAM}
    assert "Iedereen kan deze kamer binnenkomen" in to(TEAM, said)[0]


async def test_a_correction_by_a_team_that_no_longer_has_the_question(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
    answer = stage.last
    await stage.in_thread(SANNE, TEAM, await stage.card(), "zij betaalt nooit")
    note = stage.last
    await stage.says(SANNE, TEAM, "!stadsdeel 1 West")
    for event in (answer, note):
        said = await stage.edits(SANNE, TEAM, event, "Staat hij uit?")
        assert {s.room for s in said} == {TEAM}
        assert "niet meer van jouw team" in to(TEAM, said)[0]


async def test_and_the_coordinators_hear_why(stage: Stage) -> None:
    _, said = await stage.event(SANNE, TEAM, "m.room.join_rules", {"join_rule": "public"}, state_key="")
    assert "iedereen kan nu in de teamkamer" in to(COORDINATION, said)[0]
    assert not (await stage.event(SANNE, TEAM, "m.room.join_rules", {"join_rule": "invite"}, state_key=""))[1]


async def test_an_ordinary_message_is_no_change_of_rules(stage: Stage) -> None:
    assert not (await stage.event(JORIS, TEAM, "m.room.join_rules", {"join_rule": "public"}))[1]


async def test_the_bot_does_not_obey_itself(stage: Stage, asked: str) -> None:
    assert not await stage.says(BOT, TEAM, "!pak 1")


@pytest.mark.parametrize("text", ["!pak 1", "!antwoord 1 hallo", "!hulp mijn printer", "ja"])
async def test_notices_of_other_bots_are_nothing(stage: Stage, asked: str, text: str) -> None:
    for user, room in ((SANNE, TEAM), (FATIMA, asked)):
        assert not await stage.says(user, room, text, msgtype="m.notice")


async def test_a_question_about_a_stranger_in_ones_own_thread(stage: Stage, helped: str) -> None:
    """A number of somebody else does not open a door, whatever stands around it."""
    dm = await stage.direct(KWAME)
    await stage.says(KWAME, dm, "Mijn printer is stuk")
    for text in (
        "!heropen 1",
        "!stadsdeel 1 West",
        "!organisatie 1 Kwaad",
        "!bedankt 1 hoi",
        "!cijfer 1 5",
        "!opgelost #1",
    ):
        said = await stage.says(KWAME, dm, text)
        assert {helped, TEAM}.isdisjoint(s.room for s in said), text
    ticket = await stage.ticket()
    assert (ticket.stadsdeel, ticket.rating, ticket.status, ticket.organisation_id) == (
        "noord",
        None,
        "claimed",
        None,
    )


async def test_a_room_whose_members_are_in_doubt_gives_no_role(stage: Stage) -> None:
    """After a gap that could not be read back, somebody may have been taken out of the room."""
    dm = await stage.direct(FATIMA)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    async with stage.db.transaction() as session:
        (await session.get_one(Room, TEAM)).members_known = False
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    assert (await stage.ticket()).assignee is None
