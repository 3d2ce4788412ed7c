"""Who helps: one person at a time, and everybody can see who."""

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.models import OutboxRow
from tests.conversation.conftest import CITY, COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import Stage, edits_in, to


@pytest.mark.parametrize("key", ["✋", "✋🏾", "🙋", "🙋‍♀️", "🖐️"])
async def test_by_hand(stage: Stage, asked: str, key: str) -> None:
    said = await stage.reacts(SANNE, TEAM, await stage.card(), key)
    assert ["Sanne helpt je" in words for words in to(asked, said)] == [True]
    assert "Sanne" in to(TEAM, said)[0]
    assert "Sanne helpt" in edits_in(TEAM, said)[0]


@pytest.mark.parametrize("text", ["!pak 1", "!claim 1", "!take #1"])
async def test_by_words(stage: Stage, asked: str, text: str) -> None:
    assert len(to(asked, await stage.says(SANNE, TEAM, text))) == 1


async def test_by_words_in_the_thread(stage: Stage, asked: str) -> None:
    assert to(asked, await stage.in_thread(SANNE, TEAM, await stage.card(), "!pak"))


async def test_without_a_number_nobody_knows_which(stage: Stage, asked: str) -> None:
    [which] = to(TEAM, await stage.says(SANNE, TEAM, "!pak"))
    assert "Over welke vraag" in which


async def test_by_an_answer(stage: Stage, asked: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Ik kijk even mee")
    assert [("helpt je" in words, "kijk even" in words) for words in to(asked, said)] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.both_databases
async def test_two_at_once(stage: Stage, asked: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    said = await stage.reacts(JORIS, TEAM, await stage.card(), "✋")
    assert not to(asked, said)
    [taken] = [s for s in said if s.room == TEAM]
    assert "al van Sanne" in taken.body
    assert taken.refs["thread"] == await stage.card()
    assert taken.body.startswith("Joris: ")
    assert taken.content["m.mentions"] == {"user_ids": [JORIS]}


async def test_too_late_by_words(stage: Stage, helped: str) -> None:
    [taken] = [s for s in await stage.says(JORIS, TEAM, "!pak 1") if s.room == TEAM]
    assert "al van Sanne" in taken.body
    assert taken.refs["reply"] == stage.last
    assert taken.content["m.mentions"] == {"user_ids": [JORIS]}


async def test_at_the_message_that_an_edit_looks_like(stage: Stage, asked: str) -> None:
    """Clients that can't show corrections show the card again, and people react to that."""
    said = await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    [edit] = [s for s in said if s.edits]
    assert to(asked, await stage.reacts(SANNE, TEAM, edit.event_id, "✋"))
    assert to(asked, await stage.replies(SANNE, TEAM, edit.event_id, "Ik kijk even mee"))


async def test_given_back(stage: Stage, helped: str) -> None:
    said = await stage.in_thread(SANNE, TEAM, await stage.card(), "!loslaten")
    assert "iemand anders" in to(helped, said)[0]
    assert (await stage.ticket()).suggested == [JORIS]
    assert to(helped, await stage.reacts(JORIS, TEAM, await stage.card(), "✋"))


async def test_by_taking_the_hand_away(stage: Stage, asked: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    said = await stage.deletes(SANNE, TEAM, stage.last)
    assert "iemand anders" in to(asked, said)[0]
    assert (await stage.ticket()).assignee is None


async def test_a_hand_taken_away_by_whoever_was_too_late(stage: Stage, helped: str) -> None:
    await stage.reacts(JORIS, TEAM, await stage.card(), "✋")
    assert not await stage.deletes(JORIS, TEAM, stage.last)
    assert (await stage.ticket()).assignee == SANNE


async def test_not_by_others(stage: Stage, helped: str) -> None:
    said = await stage.says(JORIS, TEAM, "!loslaten 1")
    assert not to(helped, said)
    assert "niet van jou" in to(TEAM, said)[0]


@pytest.mark.parametrize(
    "text", ["!overdragen 1 @joris:test", "!transfer 1 Joris", "!overdragen 1 @joris: dank!"]
)
async def test_handed_over(stage: Stage, helped: str, text: str) -> None:
    said = await stage.says(SANNE, TEAM, text)
    assert "Joris helpt je" in to(helped, said)[0]
    [told] = [s for s in said if s.room == TEAM and not s.edits]
    assert told.content["m.mentions"] == {"user_ids": [JORIS]}


async def test_handed_over_with_a_pill(stage: Stage, helped: str) -> None:
    said = await stage.says(
        SANNE,
        TEAM,
        "!overdragen 1 [Joris](https://matrix.to/#/@joris:test)",
        **{"m.mentions": {"user_ids": [JORIS]}},
    )
    assert "Joris helpt je" in to(helped, said)[0]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!overdragen 1 @wim:test", "niet in het team van vraag 1: Noord"),
        ("!overdragen 1", "Noem iemand"),
        ("!overdragen 1 Piet", "Wie bedoel je"),
        ("!overdragen 1 @sanne:test", "heeft vraag 1 al"),
        ("!overdragen 1 @hulp", "programma"),
        ("!overdragen 1 @hulp:test", "programma"),
    ],
)
async def test_handed_over_to_nobody(stage: Stage, helped: str, text: str, answer: str) -> None:
    said = await stage.says(SANNE, TEAM, text)
    assert not to(helped, said)
    assert answer in to(TEAM, said)[0]


async def test_taken_over(stage: Stage, helped: str) -> None:
    said = await stage.says(JORIS, TEAM, "!overnemen 1")
    assert "Joris helpt je" in to(helped, said)[0]
    assert SANNE in next(s for s in said if s.room == TEAM and not s.edits).content["m.mentions"]["user_ids"]


async def test_assigned_by_a_coordinator(stage: Stage, asked: str) -> None:
    said = await stage.says(ELS, COORDINATION, "!toewijzen 1 @joris:test")
    assert "Joris helpt je" in to(asked, said)[0]
    assert "Joris" in to(COORDINATION, said)[0]


@pytest.mark.parametrize("name", ["@joris", "Joris", "@Joris:"])
async def test_assigned_by_a_name_of_the_team(stage: Stage, helped: str, name: str) -> None:
    """In the coordinators' room nobody of the team needs to be; a namesake there is not meant."""
    await stage.join(COORDINATION, "@joris:elders")
    assert "Joris helpt je" in to(helped, await stage.says(ELS, COORDINATION, f"!toewijzen 1 {name}"))[0]
    assert (await stage.ticket()).assignee == JORIS


async def test_a_colleague_named_in_a_chat_of_ones_own(stage: Stage, helped: str) -> None:
    own = await stage.direct(SANNE)
    assert "Joris helpt je" in to(helped, await stage.says(SANNE, own, "!overdragen 1 @joris"))[0]


async def test_a_name_that_two_of_the_team_have(stage: Stage, helped: str) -> None:
    await stage.join(TEAM, "@joris:elders")
    await stage.join(COORDINATION, "@joris:daar")
    [which] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!toewijzen 1 @joris"))
    assert "Wie bedoel je" in which


async def test_assigned_to_somebody_of_another_team(stage: Stage, helped: str) -> None:
    [no] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!toewijzen 1 @wim:test"))
    assert "Noord" in no
    assert "deze kamer" not in no
    assert (await stage.ticket()).assignee == SANNE


async def test_assigned_before_it_has_a_place(stage: Stage, dm: str) -> None:
    await stage.join(CITY, JORIS)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert "Joris helpt je" in to(dm, await stage.says(ELS, COORDINATION, "!toewijzen 1 @joris"))[0]


async def test_not_by_a_technician(stage: Stage, asked: str) -> None:
    said = await stage.says(SANNE, TEAM, "!toewijzen 1 @joris:test")
    assert not to(asked, said)
    assert len(to(TEAM, said)) == 1


async def test_a_helper_leaves_the_room(stage: Stage, helped: str) -> None:
    await stage.join(TEAM, SANNE, membership="leave")
    _, said = await stage.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=SANNE)
    assert "iemand anders" in to(helped, said)[0]
    assert "niet meer in dit team" in to(TEAM, said)[0]
    assert "weer vrij" in to(COORDINATION, said)[0]
    assert (await stage.ticket()).assignee is None


async def test_a_member_event_that_only_claims_so(stage: Stage, helped: str) -> None:
    _, said = await stage.event(JORIS, TEAM, "m.room.member", {"membership": "leave"})
    assert not said
    _, said = await stage.event(JORIS, TEAM, "m.room.member", {"membership": "leave"}, state_key=SANNE)
    assert not said


async def test_a_coordinator_picks_up_what_has_no_place_yet(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(ELS, COORDINATION, "!pak 1")
    said = await stage.says(FATIMA, dm, "het is wel dringend")
    assert any("dringend" in s.body for s in said)  # it has a card, so nothing is lost


async def test_whoever_helped_before_is_asked_first(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    said = await stage.says(FATIMA, helped, "En nu doet de website raar")
    [card, asked] = to(TEAM, said)
    assert "Sanne hielp Fatima de vorige keer ook" in card
    assert "Je hielp Fatima de vorige keer ook" in asked


async def test_a_technician_who_asks_is_not_suggested(stage: Stage) -> None:
    dm = await stage.direct(SANNE)
    await stage.says(SANNE, dm, "Ik kan zelf niet meer inloggen")
    await stage.says(SANNE, dm, "Noord")
    assert (await stage.ticket()).suggested == [JORIS]
    [which] = to(dm, await stage.says(SANNE, dm, "!pak"))
    assert "Over welke vraag" in which


async def test_coordinators_are_suggested_when_nobody_else_is_there(stage: Stage, dm: str) -> None:
    await stage.join(TEAM, ELS)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    assert (await stage.ticket()).suggested == [JORIS]
    await stage.join(WEST, WIM, membership="leave")
    await stage.join(WEST, ELS)
    await stage.says(ELS, COORDINATION, "!stadsdeel 1 West")
    assert (await stage.ticket()).suggested == [ELS]


async def test_a_card_that_shows_the_truth_is_not_corrected(stage: Stage, asked: str) -> None:
    assert edits_in(TEAM, await stage.says(SANNE, TEAM, "!prioriteit 1 hoog"))
    assert not edits_in(TEAM, await stage.says(SANNE, TEAM, "!prioriteit 1 hoog"))
    assert edits_in(TEAM, await stage.says(SANNE, TEAM, "!prioriteit 1 laag"))


async def test_a_correction_that_was_not_delivered_is_made_again(stage: Stage, asked: str) -> None:
    stage.offline = True
    await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    async with stage.db.transaction() as session:
        row = (
            await session.scalars(
                select(OutboxRow).where(OutboxRow.state == "pending", OutboxRow.coalesce.is_not(None))
            )
        ).one()
        await delivery.give_up(session, row.id, "failed", "M_FORBIDDEN")
        await undelivered(Act(session, stage.now, stage.setting), row, "M_FORBIDDEN")
    stage.offline = False
    assert edits_in(TEAM, await stage.says(SANNE, TEAM, "!prioriteit 1 hoog"))
