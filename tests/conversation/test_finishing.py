"""The end of a question, and its second beginning."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, edits_in, to


@pytest.mark.parametrize("text", ["!opgelost 1", "!solved 1"])
async def test_the_helper_says_so_in_words(stage: Stage, helped: str, text: str) -> None:
    said = await stage.says(SANNE, TEAM, text)
    assert "Klopt dat?" in to(helped, said)[0]
    assert "nog niet bevestigd" in edits_in(TEAM, said)[0]


@pytest.mark.parametrize("key", ["✅", "✔️", "☑️"])
async def test_or_with_a_sign(stage: Stage, helped: str, key: str) -> None:
    assert "Klopt dat?" in to(helped, await stage.reacts(SANNE, TEAM, await stage.card(), key))[0]


async def test_the_requester_says_so(stage: Stage, helped: str) -> None:
    said = await stage.says(FATIMA, helped, "!opgelost")
    assert "Fijn!" in to(helped, said)[0]
    assert "bevestigt" in to(TEAM, said)[0]


async def test_nobody_else_says_so(stage: Stage, helped: str) -> None:
    await stage.says(KWAME, HELP, "!opgelost 1")
    await stage.says(KWAME, HELP, "!opgelost #1")
    assert (await stage.ticket()).status == "claimed"


async def test_twice_is_not_possible(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    [not_now] = to(TEAM, await stage.reacts(SANNE, TEAM, await stage.card(), "✅"))
    assert "opgelost" in not_now


async def test_in_a_help_room_in_plain_words(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    assert "Fijn!" in to(HELP, await stage.says(KWAME, HELP, "ja dank je wel!"))[0]


async def test_silence_means_yes_after_a_reminder(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    assert "Is vraag 1 opgelost?" in to(helped, await stage.passes(timedelta(days=3, minutes=1)))[0]
    assert "nu gesloten" in to(helped, await stage.passes(timedelta(days=4)))[0]
    assert not (await stage.ticket()).confirmed


class TestReopening:
    @pytest.fixture
    async def silent(self, stage: Stage, helped: str) -> str:
        """Nobody confirmed it; it was closed a week later."""
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.passes(timedelta(days=7, minutes=1))
        return helped

    async def test_by_just_answering(self, stage: Stage, silent: str) -> None:
        await stage.passes(timedelta(days=13))
        said = await stage.says(FATIMA, silent, "Hij is weer leeg!")
        assert "weer open" in to(silent, said)[0]
        assert any("Hij is weer leeg!" in words for words in to(TEAM, said))

    async def test_not_after_that(self, stage: Stage, silent: str) -> None:
        await stage.passes(timedelta(days=15))
        assert "nummer 2" in to(silent, await stage.says(FATIMA, silent, "Hij is weer leeg!"))[0]

    @pytest.mark.parametrize("text", ["!heropen 1", "!reopen 1"])
    async def test_by_command(self, stage: Stage, silent: str, text: str) -> None:
        assert "weer open" in to(silent, await stage.says(SANNE, TEAM, text))[0]

    async def test_by_command_too_late(self, stage: Stage, silent: str) -> None:
        await stage.passes(timedelta(days=15))
        assert "te lang geleden" in to(silent, await stage.says(FATIMA, silent, "!heropen"))[0]

    async def test_by_a_reply_even_when_confirmed(self, stage: Stage, helped: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        [done] = [s for s in await stage.says(FATIMA, helped, "ja") if s.room == helped]
        said = await stage.replies(FATIMA, helped, done.event_id, "Hij is weer leeg!")
        assert "Sanne" in to(helped, said)[0]

    async def test_when_the_helper_is_gone(self, stage: Stage, silent: str) -> None:
        await stage.join(TEAM, SANNE, membership="leave")
        said = await stage.says(FATIMA, silent, "Hij is weer leeg!")
        assert "We zoeken iemand" in to(silent, said)[0]
        ticket = await stage.ticket()
        assert (ticket.assignee, ticket.suggested) == (None, [JORIS])

    async def test_of_what_never_reached_a_team(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        first = stage.sent[0].event_id
        await stage.says(FATIMA, dm, "!opgelost")
        said = await stage.replies(FATIMA, dm, first, "Toch niet!")
        assert "Mijn mail doet het niet" in to(CITY, said)[0]
        assert any("Toch niet!" in words for words in to(CITY, said))

    async def test_open_already(self, stage: Stage, helped: str) -> None:
        assert "nog open" in to(helped, await stage.says(FATIMA, helped, "!heropen"))[0]


class TestWaiting:
    @pytest.fixture
    async def waiting(self, stage: Stage, helped: str) -> str:
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        return helped

    async def test_reminder_warning_and_a_kind_end(self, stage: Stage, waiting: str) -> None:
        assert "herinnering" in to(waiting, await stage.passes(timedelta(days=3, minutes=1)))[0]
        assert "sluiten we de vraag" in to(waiting, await stage.passes(timedelta(days=4)))[0]
        said = await stage.passes(timedelta(days=3))
        assert "nu gesloten" in to(waiting, said)[0]
        assert "liet niets meer horen" in to(TEAM, said)[0]
        assert not await stage.passes(timedelta(days=60))

    async def test_an_answer_ends_the_waiting(self, stage: Stage, waiting: str) -> None:
        await stage.says(FATIMA, waiting, "sorry, ik was op vakantie")
        assert (await stage.ticket()).status == "claimed"
        assert not await stage.passes(timedelta(days=30))

    async def test_so_does_giving_it_back(self, stage: Stage, waiting: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "↩️")
        assert not await stage.passes(timedelta(days=30))

    async def test_by_words(self, stage: Stage, helped: str) -> None:
        assert "wacht op jouw antwoord" in to(helped, await stage.says(SANNE, TEAM, "!wacht 1"))[0]

    async def test_a_stranger_in_the_thread_does_not_end_it(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        root = stage.last
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        await stage.in_thread(FATIMA, HELP, root, "spannend")
        assert (await stage.ticket()).status == "waiting"
