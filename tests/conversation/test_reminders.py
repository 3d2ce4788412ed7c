"""'Remind me': at that moment, there, in one's own words, and gone afterwards."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from helpdesk_bot.storage.models import Reminder
from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to

HOUR = timedelta(hours=1)


async def kept(stage: Stage) -> int:
    async with stage.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Reminder)) or 0


def pinged(said: list[Said]) -> set[str]:
    return {user for s in said for user in s.content.get("m.mentions", {}).get("user_ids", [])}


@pytest.mark.parametrize(
    "text", ["!herinner morgen om 10 bel het buurthuis", "!remind tomorrow at 10 bel het buurthuis"]
)
async def test_in_ones_own_words_where_it_was_asked(stage: Stage, helped: str, text: str) -> None:
    [noted] = to(TEAM, await stage.says(SANNE, TEAM, text))
    assert "bel het buurthuis" in noted
    assert not await stage.passes(23 * HOUR) or await kept(stage) == 1
    said = await stage.passes(HOUR)
    [reminder] = [s for s in said if "bel het buurthuis" in s.body]
    assert reminder.room == TEAM
    assert SANNE in reminder.content["m.mentions"]["user_ids"]
    assert await kept(stage) == 0
    assert not [s for s in await stage.passes(48 * HOUR) if "buurthuis" in s.body]


async def test_about_a_question_in_its_thread(stage: Stage, helped: str) -> None:
    await stage.in_thread(
        SANNE, TEAM, await stage.card(), "!herinner over 2 uur kijken of de agenda er weer is"
    )
    [reminder] = [s for s in await stage.passes(2 * HOUR) if "agenda er weer is" in s.body]
    assert reminder.refs["thread"] == await stage.card()
    assert "vraag 1" in reminder.body


async def test_about_a_question_by_its_number(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!herinner 1 over 2 uur")
    [reminder] = [s for s in await stage.passes(2 * HOUR) if "Een herinnering" in s.body]
    assert "agenda is ineens leeg" in reminder.body
    assert "vraag 1" in reminder.body


async def test_a_number_that_is_part_of_the_moment(stage: Stage, helped: str) -> None:
    [noted] = to(TEAM, await stage.says(SANNE, TEAM, "!herinner 1 december de server betalen"))
    assert "dinsdag 1 december om 09:00" in noted


async def test_of_a_requester_in_a_direct_chat(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!herinner vrijdag om 9 uur foto maken van het scherm")
    said = await stage.passes(timedelta(days=4))
    [reminder] = [words for words in to(asked, said) if "foto maken" in words]
    assert reminder.startswith("🔔 Een herinnering, Fatima")


async def test_not_where_others_read(stage: Stage) -> None:
    [no] = to(HELP, await stage.says(KWAME, HELP, "!herinner morgen om 10 bellen"))
    assert "!herinner" in no
    assert await kept(stage) == 0


@pytest.mark.parametrize("text", ["!herinner", "!herinner ooit eens bellen", "!herinner gisteren bellen"])
async def test_no_moment(stage: Stage, helped: str, text: str) -> None:
    [how] = to(TEAM, await stage.says(SANNE, TEAM, text))
    assert "Schrijf het moment erbij" in how
    assert await kept(stage) == 0


async def test_again_and_again_is_not_promised(stage: Stage, helped: str) -> None:
    [why] = to(TEAM, await stage.says(SANNE, TEAM, "!herinner elke maandag de back-up bekijken"))
    assert "één keer" in why
    assert await kept(stage) == 0


async def test_a_typo(stage: Stage, helped: str) -> None:
    [meant] = to(TEAM, await stage.says(SANNE, TEAM, "!herriner morgen bellen"))
    assert "!herinner" in meant


async def test_a_question_that_is_not_theirs(stage: Stage, asked: str) -> None:
    other = await stage.direct(KWAME)
    [no] = to(other, await stage.says(KWAME, other, "!herinner 1 morgen om 10 kijken"))
    assert "geen vraag 1" in no


class TestTheList:
    async def test_shown_and_taken_back(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!herinner vrijdag bellen")
        await stage.says(SANNE, TEAM, "!herinner morgen mailen")
        [shown] = to(TEAM, await stage.says(SANNE, TEAM, "!herinneringen"))
        assert shown.index("mailen") < shown.index("bellen")
        [gone] = to(TEAM, await stage.says(SANNE, TEAM, "!herinneringen weg 2"))
        assert "bellen" in gone
        assert await kept(stage) == 1
        assert not [s for s in await stage.passes(timedelta(days=6)) if "bellen" in s.body]

    async def test_of_somebody_else_is_not_shown(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!herinner vrijdag bellen")
        [none] = to(TEAM, await stage.says(JORIS, TEAM, "!herinneringen"))
        assert "geen herinneringen" in none
        assert "Welke?" in to(TEAM, await stage.says(JORIS, TEAM, "!herinneringen weg 1"))[0]

    async def test_of_a_direct_chat_is_not_shown_to_the_team(self, stage: Stage, helped: str) -> None:
        own = await stage.direct(SANNE)
        await stage.says(SANNE, own, "!herinner vrijdag de huisarts")
        assert "huisarts" not in to(TEAM, await stage.says(SANNE, TEAM, "!herinneringen"))[0]

    async def test_very_many(self, stage: Stage, helped: str) -> None:
        for _ in range(50):
            await stage.says(SANNE, TEAM, "!herinner vrijdag bellen")
        assert "al 50 herinneringen" in to(TEAM, await stage.says(SANNE, TEAM, "!herinner vrijdag bellen"))[0]


@pytest.mark.both_databases
async def test_late_after_a_stop_they_come_once_and_together(stage: Stage, helped: str) -> None:
    for what in ("bellen", "mailen", "langsgaan"):
        await stage.says(SANNE, TEAM, f"!herinner morgen om 10 {what}")
    said = await stage.passes(timedelta(days=21))
    [late] = [s for s in said if "herinnering" in s.body]
    assert "Die komt te laat" in late.body
    assert all(what in late.body for what in ("bellen", "mailen", "langsgaan"))
    assert not await stage.passes(timedelta(0))


async def test_who_has_left_hears_it_in_a_direct_chat(stage: Stage, helped: str) -> None:
    own = await stage.direct(SANNE)
    await stage.says(SANNE, own, "hallo")
    await stage.says(SANNE, TEAM, "!herinner over 2 uur bellen")
    await stage.join(TEAM, SANNE, membership="leave")
    said = [s for s in await stage.passes(2 * HOUR) if "bellen" in s.body]
    assert [s.room for s in said] == [own]


async def test_it_is_gone_with_the_message(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!herinner over 2 uur bellen met Fatima")
    await stage.deletes(SANNE, TEAM, stage.last)
    assert await kept(stage) == 0
    assert not [s for s in await stage.passes(2 * HOUR) if "bellen" in s.body]


class TestSnooze:
    async def test_until_monday(self, stage: Stage, helped: str) -> None:
        said = await stage.says(SANNE, TEAM, "!snooze 1 tot vrijdag")
        assert "rust tot vrijdag 27 november om 09:00" in to(TEAM, said)[0]
        [told] = to(helped, said)
        assert "gaat vrijdag 27 november om 09:00 verder" in told
        for _ in range(3):
            assert not await stage.passes(timedelta(days=1))
        said = await stage.passes(timedelta(days=1))
        assert "is weer bij jou" in to(TEAM, said)[0]
        assert pinged(said) == {SANNE}
        assert (await stage.ticket()).snoozed_until is None

    async def test_what_was_overdue_is_said_an_hour_later(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!snooze 1 tot vrijdag")
        await stage.passes(datetime.fromisoformat("2026-11-27T08:00:00+00:00") - stage.now)
        said = await stage.passes(HOUR)
        assert "Het antwoord op vraag 1 duurt langer" in to(helped, said)[0]

    @pytest.mark.both_databases
    async def test_it_leaves_the_top_of_the_list(self, stage: Stage, helped: str) -> None:
        await stage.says(FATIMA, helped, "!nieuw mijn printer is stuk")
        await stage.says(SANNE, TEAM, "!snooze 1 tot vrijdag")
        [listed] = to(TEAM, await stage.says(SANNE, TEAM, "!open"))
        assert listed.index("printer") < listed.index("agenda")
        assert "rust tot vrijdag" in listed

    async def test_while_the_requester_is_waited_for(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!wacht 1 Kun je een foto sturen?")
        said = await stage.says(SANNE, TEAM, "!snooze 1 tot morgen")
        assert "antwoordt die eerder" in to(TEAM, said)[0]
        assert not to(helped, said)
        said = await stage.passes(timedelta(days=1))
        assert "nog niet geantwoord" in to(TEAM, said)[0]
        assert "rekent op je" not in to(TEAM, said)[0]

    async def test_of_nobody(self, stage: Stage, asked: str) -> None:
        assert "Nog niemand helpt" in to(TEAM, await stage.says(SANNE, TEAM, "!snooze 1 tot vrijdag"))[0]

    async def test_of_somebody_else(self, stage: Stage, helped: str) -> None:
        assert "niet van jou" in to(TEAM, await stage.says(JORIS, TEAM, "!snooze 1 tot vrijdag"))[0]

    async def test_until_nothing(self, stage: Stage, helped: str) -> None:
        assert "Tot wanneer?" in to(TEAM, await stage.says(SANNE, TEAM, "!snooze 1"))[0]

    async def test_for_a_year(self, stage: Stage, helped: str) -> None:
        assert "60 dagen" in to(TEAM, await stage.says(SANNE, TEAM, "!snooze 1 1 juni"))[0]

    async def test_by_a_requester(self, stage: Stage, helped: str) -> None:
        [no] = to(helped, await stage.says(FATIMA, helped, "!snooze 1 tot vrijdag"))
        assert "voor mensen van het team" in no

    async def test_given_to_somebody_else_it_rests_no_more(self, stage: Stage, helped: str) -> None:
        await stage.says(SANNE, TEAM, "!snooze 1 tot vrijdag")
        await stage.says(SANNE, TEAM, "!overdragen 1 @joris:test")
        assert (await stage.ticket()).snoozed_until is None
        assert pinged(await stage.passes(4 * HOUR)) == {JORIS}
