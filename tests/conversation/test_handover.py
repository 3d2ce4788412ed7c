"""Questions move to a colleague, with a summary that the giver has looked at."""

import pytest

from helpdesk_bot.storage.models import Dialog
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, JORIS, KWAME, SANNE, TEAM, WIM
from tests.conversation.stage import LAYOUT, Said, Stage, to


@pytest.fixture
async def mine(stage: Stage) -> str:
    """Sanne's direct chat, which the bot knows."""
    room = await stage.direct(SANNE)
    await stage.says(SANNE, room, "!mijn")
    return room


@pytest.fixture
async def two(stage: Stage, helped: str, mine: str) -> str:
    """Sanne helps with question 1 of Fatima and 2 of Kwame; returns her direct chat."""
    dm = await stage.direct(KWAME)
    await stage.says(KWAME, dm, "Mijn printer doet het niet meer")
    await stage.says(KWAME, dm, "Noord")
    await stage.says(KWAME, dm, "Buurtwarmte")
    await stage.says(SANNE, TEAM, "!antwoord 2 Zit de stekker erin?")
    await stage.says(SANNE, TEAM, "!notitie 2 Het is een heel oud model")
    await stage.says(SANNE, TEAM, "!wacht 2")
    return mine


def texts(said: list[Said]) -> str:
    return "\n".join(s.body for s in said)


async def whose(stage: Stage) -> list[str | None]:
    return [(await stage.ticket(n)).assignee for n in (1, 2)]


@pytest.mark.both_databases
async def test_one_after_the_other(stage: Stage, two: str, helped: str) -> None:
    [first] = to(two, await stage.says(SANNE, two, "!overdracht @joris:test"))
    assert "1 van 2" in first
    assert "gedeelde agenda" in first
    assert "nog niets" in first
    [second] = to(two, await stage.says(SANNE, two, "klopt"))
    assert "Buurtwarmte" in second
    assert "Zit de stekker erin?" in second
    assert "We wachten op de vrager" in second
    assert "1 notitie" in second
    assert "oud model" not in second
    assert await whose(stage) == [SANNE, SANNE]
    said = await stage.says(SANNE, two, "klopt")
    assert await whose(stage) == [JORIS, JORIS]
    assert "Klaar. Joris gaat verder" in texts([s for s in said if s.room == two])
    [received] = to("!new-dm-joris:test", said)
    assert "Sanne geeft 2 vragen aan jou door" in received
    assert "!loslaten 1" in received
    assert "matrix.to/#/!team-noord:test" in received
    assert "Joris helpt je met vraag 1" in texts([s for s in said if s.room == helped])
    threads = [s for s in said if s.room == TEAM and "Samenvatting" in s.body]
    assert [s.refs["thread"] for s in threads] == [await stage.card(1), await stage.card(2)]


async def test_no_summary_ever_reaches_a_requester(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    await stage.says(SANNE, two, "Hij is GEHEIM boos op ons")
    await stage.says(SANNE, two, "klopt")
    await stage.says(SANNE, two, "klopt")
    inside = LAYOUT.staff_rooms | {two, "!new-dm-joris:test"}
    outside = texts([s for s in stage.sent if s.room not in inside])
    assert "GEHEIM" not in outside
    assert "Samenvatting" not in outside
    assert "GEHEIM" in texts([s for s in stage.sent if s.room == TEAM])


async def test_only_the_named_ones(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht Joris 2")
    await stage.says(SANNE, two, "klopt")
    assert await whose(stage) == [SANNE, JORIS]


async def test_in_english(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!language en")
    [shown] = to(two, await stage.says(SANNE, two, "!handover @joris:test 1"))
    assert "Summary of question 1" in shown
    assert "Done. Joris goes on" in texts(await stage.says(SANNE, two, "that's right"))


async def test_own_words_are_shown_again_first(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test 1")
    [again] = to(two, await stage.says(SANNE, two, "Fatima belt liever, na vieren"))
    assert "na vieren" in again
    assert "nog niemand" in again
    assert await whose(stage) == [SANNE, SANNE]
    said = await stage.says(SANNE, two, "klopt")
    assert await whose(stage) == [JORIS, SANNE]
    [note] = [s for s in said if s.room == TEAM and "na vieren" in s.body]
    assert "alleen voor het team" in note.body


async def test_own_words_can_be_corrected_before_they_count(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test 1")
    await stage.says(SANNE, two, "Fatima belt liever, na veiren")
    [again] = to(two, await stage.edits(SANNE, two, stage.last, "Fatima belt liever, na vieren"))
    assert "na vieren" in again
    said = await stage.says(SANNE, two, "klopt")
    assert [s.body for s in said if s.room == TEAM and "na vieren" in s.body]
    assert not [s.body for s in said if "veiren" in s.body]


async def test_own_words_can_be_deleted_afterwards(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test 1")
    await stage.says(SANNE, two, "Fatima belt liever, na vieren")
    words = stage.last
    await stage.says(SANNE, two, "klopt")
    assert [s.kind for s in await stage.deletes(SANNE, two, words)] == ["redact"]


async def test_one_of_them_is_kept(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    await stage.says(SANNE, two, "overslaan")
    await stage.says(SANNE, two, "klopt")
    assert await whose(stage) == [SANNE, JORIS]


async def test_all_of_them_are_kept(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test 1")
    assert "niets verhuisd" in texts(await stage.says(SANNE, two, "overslaan"))


async def test_stop_half_way(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    await stage.says(SANNE, two, "klopt")
    assert "niets verhuisd" in texts(await stage.says(SANNE, two, "stop"))
    assert await whose(stage) == [SANNE, SANNE]
    async with stage.db.reading() as session:
        assert await session.get(Dialog, 1) is None


async def test_no_is_explained(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    assert "eigen woorden" in texts(await stage.says(SANNE, two, "nee"))


async def test_what_changed_meanwhile_stays(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    await stage.says(SANNE, two, "klopt")
    await stage.says(SANNE, TEAM, "!loslaten 1")
    said = texts(await stage.says(SANNE, two, "klopt"))
    assert "Niet verhuisd" in said
    assert await whose(stage) == [None, JORIS]


async def test_the_colleague_left_meanwhile(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test 1")
    await stage.join(TEAM, JORIS, membership="leave")
    assert "Niet verhuisd" in texts(await stage.says(SANNE, two, "klopt"))
    assert await whose(stage) == [SANNE, SANNE]


async def test_a_question_in_the_middle_of_it(stage: Stage, two: str) -> None:
    await stage.says(SANNE, two, "!overdracht @joris:test")
    assert "vraag 3" in texts(await stage.says(SANNE, two, "!hulp Mijn eigen mail doet het niet"))
    assert await whose(stage) == [SANNE, SANNE]


async def test_from_the_team_room(stage: Stage, two: str) -> None:
    said = await stage.says(SANNE, TEAM, "!overdracht @joris:test")
    assert "eigen gesprek" in to(TEAM, said)[0]
    assert "1 van 2" in to(two, said)[0]


async def test_the_receiver_is_away(stage: Stage, two: str) -> None:
    joris = await stage.direct(JORIS)
    await stage.says(JORIS, joris, "!weg tot vrijdag")
    assert "Joris is op dit moment weg" in texts(await stage.says(SANNE, two, "!overdracht @joris:test"))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("!overdracht @sanne:test", "ben je zelf"),
        ("!overdracht @hulp:test", "programma"),
        ("!overdracht", "Noem iemand"),
        ("!overdracht @joris:test 7", "heb je niet: 7"),
        ("!overdracht @wim:test", "niet in het team"),
        ("!overdragt @joris:test", "overdra"),
    ],
)
async def test_what_can_not_be(stage: Stage, two: str, words: str, what: str) -> None:
    assert what in texts(await stage.says(SANNE, two, words))
    assert await whose(stage) == [SANNE, SANNE]


async def test_nothing_in_hand(stage: Stage) -> None:
    dm = await stage.direct(WIM)
    assert "geen vragen" in texts(await stage.says(WIM, dm, "!overdracht @joris:test"))


async def test_not_for_requesters(stage: Stage, helped: str) -> None:
    assert "mensen van het team" in texts(await stage.says(FATIMA, helped, "!overdracht @joris:test"))


async def test_of_a_coordinator_too(stage: Stage, asked: str) -> None:
    dm = await stage.direct(ELS)
    await stage.says(ELS, COORDINATION, "!pak 1")
    await stage.says(ELS, dm, "!overdracht @joris:test")
    await stage.says(ELS, dm, "klopt")
    assert (await stage.ticket()).assignee == JORIS
