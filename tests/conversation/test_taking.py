"""Who is asked to take a question: a few first, each with a reason, and never somebody who is not there."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WIM
from tests.conversation.helpers import about, helps, nobody_answers, offered_anew, outcomes, pinged
from tests.conversation.stage import Said, Stage, edits_in, to

ANKE, BAS, CISCA = "@anke:test", "@bas:test", "@cisca:test"


async def the_offer(stage: Stage, user: str) -> Said:
    """The message that asks somebody."""
    return next(s for s in stage.sent if user in pinged([s]) and "oppakken" in s.body)


async def test_one_is_asked_in_the_thread_and_the_card_pings_nobody(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    said = [s for s in await stage.says(FATIMA, dm, "Noord") if s.room == TEAM]
    card, offer = said
    assert not pinged([card])
    assert "**Gevraagd:**" not in card.body
    assert "Gevraagd: Joris. Joris heeft ruimte voor een vraag." in card.body
    assert pinged([offer]) == [JORIS]
    assert offer.refs["thread"] == card.event_id
    assert "Joris, kun jij vraag 1 oppakken? Je hebt ruimte voor een vraag." in offer.body
    assert "!pak 1" in offer.body
    assert "!nee 1" in offer.body
    assert WIM not in str(stage.sent)


async def test_in_the_language_of_whoever_is_asked(stage: Stage, dm: str) -> None:
    own = await stage.direct(JORIS)
    await stage.says(JORIS, own, "!language en")
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    said = [s for s in await stage.says(FATIMA, dm, "Noord") if s.room == TEAM]
    assert "Joris heeft ruimte" in said[0].body
    assert "Joris, can you take question 1? You have room for a question." in said[-1].body
    assert "!claim 1" in said[-1].body


async def test_three_at_most_and_never_everybody(stage: Stage, asked: str) -> None:
    await stage.join(TEAM, ANKE, BAS, CISCA, "@dirk:test", "@ellen:test")
    assert pinged(await offered_anew(stage)) == [ANKE, BAS, CISCA]
    await stage.join(TEAM, "@dirk:test", "@ellen:test", CISCA, BAS, membership="leave")
    assert pinged(await offered_anew(stage)) == [JORIS]
    assert await outcomes(stage) == {JORIS: None, ANKE: None, BAS: "gone", CISCA: "gone"}  # two of three


async def test_a_hand_at_the_offer(stage: Stage, asked: str) -> None:
    said = await stage.reacts(JORIS, TEAM, (await the_offer(stage, JORIS)).event_id, "✋")
    assert "Joris helpt je" in to(asked, said)[0]
    assert await outcomes(stage) == {JORIS: "claimed"}
    assert "iemand anders" in to(asked, await stage.deletes(JORIS, TEAM, stage.last))[0]


async def test_a_thumb_at_the_offer_counts_from_whoever_was_asked(stage: Stage, asked: str) -> None:
    offer = (await the_offer(stage, JORIS)).event_id
    assert not await stage.reacts(SANNE, TEAM, offer, "👍")
    assert "Joris helpt je" in to(asked, await stage.reacts(JORIS, TEAM, offer, "👍"))[0]


async def test_a_colleagues_hand_at_the_offer(stage: Stage, asked: str) -> None:
    said = await stage.reacts(SANNE, TEAM, (await the_offer(stage, JORIS)).event_id, "✋")
    assert "Sanne helpt je" in to(asked, said)[0]
    assert await outcomes(stage) == {JORIS: "taken"}
    assert not pinged([s for s in said if s.room == TEAM])


async def test_two_hands_at_once(stage: Stage, asked: str) -> None:
    offer = (await the_offer(stage, JORIS)).event_id
    await stage.reacts(SANNE, TEAM, offer, "✋")
    [taken] = to(TEAM, await stage.reacts(JORIS, TEAM, offer, "✋"))
    assert "al van Sanne" in taken


@pytest.mark.parametrize("key", ["👎", "🚫", "👎🏽", "❌"])
async def test_no_by_a_sign(stage: Stage, asked: str, key: str) -> None:
    said = await stage.reacts(JORIS, TEAM, (await the_offer(stage, JORIS)).event_id, key)
    assert pinged(said) == [SANNE]
    assert not to(asked, said)
    assert "Gevraagd: Sanne" in edits_in(TEAM, said)[0]
    assert await outcomes(stage) == {JORIS: "declined", SANNE: None}


@pytest.mark.parametrize("text", ["!nee 1", "!decline 1", "!nee #1 ik zit vol", "!no 1"])
async def test_no_by_words(stage: Stage, asked: str, text: str) -> None:
    said = await stage.says(JORIS, TEAM, text)
    assert pinged(said) == [SANNE]
    assert "👌 genoteerd" in to(TEAM, said)


async def test_no_by_words_in_the_thread(stage: Stage, asked: str) -> None:
    assert pinged(await stage.in_thread(JORIS, TEAM, await stage.card(), "!nee")) == [SANNE]


async def test_a_typo(stage: Stage, asked: str) -> None:
    [meant] = to(TEAM, await stage.says(JORIS, TEAM, "!declne 1"))
    assert "!decline" in meant
    assert (await outcomes(stage))[JORIS] is None


async def test_anothers_thumb_down_is_not_theirs(stage: Stage, asked: str) -> None:
    assert not await stage.reacts(SANNE, TEAM, (await the_offer(stage, JORIS)).event_id, "👎")
    [no] = to(TEAM, await stage.says(SANNE, TEAM, "!nee 1"))
    assert "niet gevraagd" in no
    assert await outcomes(stage) == {JORIS: None}


async def test_no_when_somebody_has_it(stage: Stage, helped: str) -> None:
    [late] = to(TEAM, await stage.says(JORIS, TEAM, "!nee 1"))
    assert "heeft al hulp" in late
    assert (await stage.ticket()).assignee == SANNE


async def test_no_is_not_for_requesters(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!nee 1")
    assert len(to(asked, said)) == 1
    assert await outcomes(stage) == {JORIS: None}


async def test_a_word_in_the_thread_is_a_note(stage: Stage, asked: str) -> None:
    """Only a sign, a command or a reply to the very question answers it: what colleagues say to each other stays that."""
    said = await stage.in_thread(JORIS, TEAM, await stage.card(), "nee, geen tijd")
    assert "🔒 binnen" in to(TEAM, said)
    assert not to(asked, said)
    assert await outcomes(stage) == {JORIS: None}


async def test_when_everybody_says_no_the_whole_team_hears_it_and_then_the_city(
    stage: Stage, asked: str
) -> None:
    await stage.join(CITY, ELS, WIM)
    await stage.says(JORIS, TEAM, "!nee 1")
    said = await stage.says(SANNE, TEAM, "!nee 1")
    [word] = [s for s in said if "wacht nog op iemand" in s.body]
    assert word.room == TEAM
    assert word.content["msgtype"] == "m.notice"
    assert word.refs["reply"] == await stage.card()
    assert not word.refs.get("thread")
    assert not pinged(said)
    _, said = await nobody_answers(stage)
    assert (await stage.ticket()).team_room == CITY
    assert pinged(said) == [WIM]  # Els coordinates, and is asked when nobody else can be


async def test_a_hand_at_the_word_to_the_whole_team(stage: Stage, asked: str) -> None:
    await stage.says(JORIS, TEAM, "!nee 1")
    said = await stage.says(SANNE, TEAM, "!nee 1")
    [word] = [s for s in said if "wacht nog op iemand" in s.body]
    assert "Sanne helpt je" in to(asked, await stage.reacts(SANNE, TEAM, word.event_id, "✋"))[0]


async def test_wider_by_time(stage: Stage, asked: str) -> None:
    await stage.join(CITY, WIM)
    wave, said = await nobody_answers(stage)
    assert wave == 2
    assert pinged(said) == [SANNE]
    assert await outcomes(stage) == {JORIS: "widened", SANNE: None}
    wave, said = await nobody_answers(stage)  # nobody elsewhere helps in Noord
    assert wave == 4
    assert pinged(said) == [WIM]
    wave, said = await nobody_answers(stage)
    assert (wave, said) == (4, [])


async def test_not_wider_when_somebody_has_it_or_it_has_no_team(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert await nobody_answers(stage) == (0, [])
    await stage.says(FATIMA, dm, "Noord")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    assert await nobody_answers(stage) == (1, [])


async def test_who_is_quiet_is_passed_over(stage: Stage, dm: str) -> None:
    """Ten o'clock in the morning here."""
    await helps(stage, JORIS, quiet_from="09:30", quiet_until="10:30")
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert pinged(await stage.says(FATIMA, dm, "Noord")) == [SANNE]
    assert JORIS not in await outcomes(stage)


@pytest.mark.parametrize(
    "profile",
    [
        {"quiet_from": "22:00", "quiet_until": "11:00"},
        {"quiet_days": [0]},
        {"away_from": None, "most_open": 0},
    ],
)
async def test_at_night_the_team_room_has_it_and_nobody_is_pinged(
    stage: Stage, dm: str, profile: dict[str, object]
) -> None:
    for user in (JORIS, SANNE):
        await helps(stage, user, **profile)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    said = await stage.says(FATIMA, dm, "Noord")
    assert not pinged(said)
    card, word = to(TEAM, said)
    assert "Gevraagd" not in card
    assert "wacht nog op iemand" in word
    assert (await stage.ticket()).wave == 2


async def test_what_came_at_night_is_asked_of_the_team_before_anybody_else(stage: Stage, dm: str) -> None:
    for user in (JORIS, SANNE):
        await helps(stage, user, quiet_from="22:00", quiet_until="11:00")
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    stage.now += timedelta(hours=2)
    wave, said = await nobody_answers(stage)
    assert (wave, pinged(said)) == (2, [JORIS])
    wave, said = await nobody_answers(stage)
    assert (wave, (await stage.ticket()).team_room) == (4, CITY)


async def test_who_is_away_is_not_asked_until_they_are_back(stage: Stage, dm: str) -> None:
    until = stage.now + timedelta(days=2)
    await helps(stage, JORIS, away_from=stage.now, away_until=until)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    assert pinged(await stage.says(FATIMA, dm, "Noord")) == [SANNE]
    stage.now = until
    await helps(stage, SANNE, away_from=stage.now)
    await stage.says(FATIMA, dm, "!nieuw en nu de website")
    assert (await stage.ticket(2)).suggested == [JORIS]


@pytest.mark.both_databases
async def test_full_hands_count_what_was_asked_already(stage: Stage, dm: str) -> None:
    """Two offers could otherwise both be taken."""
    await helps(stage, JORIS, most_open=1)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "!nieuw en nu de website")
    assert [(await stage.ticket(n)).suggested for n in (1, 2)] == [[JORIS], [SANNE]]


@pytest.mark.both_databases
async def test_a_skill_counts_and_is_said(stage: Stage, asked: str) -> None:
    await helps(stage, SANNE, skills=["calendar"])
    await about(stage, "calendar")
    said = await offered_anew(stage)
    assert pinged(said) == [SANNE]
    assert any("Je helpt bij dit thema: agenda." in words for words in to(TEAM, said))
    assert "Sanne helpt bij dit thema: agenda." in edits_in(TEAM, said)[0]


async def test_a_question_that_turns_out_to_be_another_asks_others(stage: Stage, dm: str) -> None:
    await helps(stage, JORIS, skills=["website"])
    await helps(stage, SANNE, skills=["devices"])
    await stage.says(FATIMA, dm, "Mijn website doet raar")
    question = stage.last
    assert pinged(await stage.says(FATIMA, dm, "Noord")) == [JORIS]
    assert pinged(await stage.edits(FATIMA, dm, question, "Mijn website doet heel raar")) == []
    said = await stage.edits(FATIMA, dm, question, "Mijn printer doet raar")
    assert pinged(said) == [SANNE]
    assert "Gevraagd: Sanne" in edits_in(TEAM, said)[-1]


async def test_given_back_goes_to_others_first(stage: Stage, asked: str) -> None:
    await stage.reacts(JORIS, TEAM, await stage.card(), "✋")
    said = await stage.says(JORIS, TEAM, "!loslaten 1")
    assert pinged(said) == [SANNE]
    said = await stage.says(SANNE, TEAM, "!nee 1")
    assert JORIS not in pinged(said)


async def test_another_stadsdeel_is_offered_anew(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!stadsdeel 1 West")
    assert pinged(said) == [WIM]
    assert await outcomes(stage) == {JORIS: "gone", WIM: None}
    [old] = [s for s in stage.sent if "oppakken" in s.body and s.room == TEAM]
    [no] = to(TEAM, await stage.reacts(JORIS, TEAM, old.event_id, "✋"))
    assert "geldt niet meer" in no


async def test_the_requester_is_done_before_anybody_helped(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!opgelost 1")
    assert await outcomes(stage) == {JORIS: "gone"}
    [late] = to(TEAM, await stage.reacts(JORIS, TEAM, (await the_offer(stage, JORIS)).event_id, "👎"))
    assert "heeft al hulp" in late


async def test_somebody_who_takes_it_before_it_has_a_place_disturbs_nobody(stage: Stage, dm: str) -> None:
    await stage.join(CITY, JORIS, SANNE, ELS)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    said = await stage.says(ELS, COORDINATION, "!pak 1")
    assert not pinged(said)
    assert "Els helpt je" in to(dm, said)[0]
