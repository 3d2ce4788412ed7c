"""The end of a question, and its second beginning."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from helpdesk_bot.schedule.due import run_due
from helpdesk_bot.schedule.jobs import Jobs
from helpdesk_bot.storage import inbox, timers
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import InboxEvent
from tests.conversation.conftest import CITY, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, edits_in, redacted, to


async def lies_there(stage: Stage, room: str, body: str) -> None:
    """Fatima has written this, and nobody has looked at it."""
    content = {"msgtype": "m.text", "body": body}
    event = RawEvent("$unseen", room, FATIMA, "m.room.message", content, stage.now)
    async with stage.db.transaction() as session:
        await inbox.accept(session, [event], stage.now)


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


async def test_what_was_said_is_no_silence_because_nobody_has_looked_at_it(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    for step, time in (("still_solved", timedelta(days=3, minutes=1)), ("closed", timedelta(days=4))):
        await lies_there(stage, helped, "nee")
        stage.now += time
        assert await run_due(stage.db, stage.setting, lambda: stage.now) == 0, step
        async with stage.db.transaction() as session:
            await session.execute(delete(InboxEvent).where(InboxEvent.event_id == "$unseen"))
        assert await run_due(stage.db, stage.setting, lambda: stage.now) == 1, step


async def test_other_moments_do_not_wait_for_a_busy_inbox(stage: Stage, helped: str, dm: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    await stage.says(FATIMA, dm, "!nieuw mijn printer doet het niet")
    async with stage.db.transaction() as session:
        await timers.set_timer(session, "overflow", 2, stage.now + timedelta(days=9))
    await lies_there(stage, dm, "hallo?")
    stage.now += timedelta(days=10)
    assert await run_due(stage.db, stage.setting, lambda: stage.now) == 1
    async with stage.db.reading() as session:
        assert await timers.due(session, 2, "overflow") is None
        assert await timers.due(session, 1, "remind") is not None


async def test_nothing_is_silence_while_the_homeserver_is_not_heard(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    heard_since: list[datetime | None] = [None]
    jobs = Jobs(stage.db, stage.setting, lambda: stage.now, lambda: None, lambda: heard_since[-1])
    unread = RawEvent("$a", helped, FATIMA, "m.room.encrypted", {}, stage.now, session_id="S1")
    async with stage.db.transaction() as session:
        await inbox.accept(session, [unread], stage.now)
    stage.now += timedelta(days=10)

    async def passes() -> list[str]:
        await jobs.due()
        await jobs.unreadable()
        return to(helped, await stage.settle())

    assert not await passes()
    heard_since.append(stage.now)
    reminder, unreadable = await passes()
    assert "herinnering" in reminder
    assert "niet lezen" in unreadable


async def test_what_the_helper_adds_begins_the_silence_anew(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.passes(timedelta(days=3, minutes=1))
    await stage.passes(timedelta(days=3, hours=22))
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk ook eens bij de instellingen")
    assert not await stage.passes(timedelta(days=2, hours=23))
    assert "Is vraag 1 opgelost?" in to(helped, await stage.passes(timedelta(hours=2)))[0]


async def test_solved_by_mistake(stage: Stage, helped: str) -> None:
    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    assert any("!heropen 1" in words for words in to(TEAM, said))
    said = await stage.says(SANNE, TEAM, "!heropen 1")
    [open_again] = to(helped, said)
    assert open_again.startswith("Vraag 1 is weer open. Sanne helpt je verder.")


async def test_what_can_be_done_with_a_closed_question(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "!opgelost")
    [how] = to(TEAM, await stage.replies(SANNE, TEAM, await stage.card(), "O ja, nog een tip"))
    assert "!heropen 1" in how
    await stage.says(SANNE, TEAM, "!heropen 1")
    said = await stage.replies(SANNE, TEAM, await stage.card(), "O ja, nog een tip")
    assert "nog een tip" in to(helped, said)[0]


class TestThanks:
    @pytest.fixture
    async def done(self, stage: Stage, helped: str) -> str:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        return helped

    async def test_taken_back(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "ja")
        for text in ("!bedankt voor alles, mijn pincode is 1234", "dank je wel"):
            [copy] = [s for s in await stage.says(FATIMA, done, text) if s.room == TEAM]
            assert text.removeprefix("!bedankt ") in copy.body
            assert redacted(await stage.deletes(FATIMA, done, stage.last)) == [copy.event_id]

    async def test_taken_back_that_said_yes_too(self, stage: Stage, done: str) -> None:
        said = await stage.says(FATIMA, done, "ja, bedankt!")
        [copy] = [s for s in said if s.room == TEAM and "bedankt" in s.body and not s.edits]
        assert SANNE in copy.content["m.mentions"]["user_ids"]
        assert redacted(await stage.deletes(FATIMA, done, stage.last)) == [copy.event_id]

    async def test_corrected(self, stage: Stage, done: str) -> None:
        await stage.says(FATIMA, done, "!bedankt Sane")
        [words] = edits_in(TEAM, await stage.edits(FATIMA, done, stage.last, "!bedankt Sanne"))
        assert words.endswith("Sanne")
        assert "bedankt Sanne:" in words

    async def test_with_a_photo(self, stage: Stage, done: str) -> None:
        said = await stage.sends(FATIMA, done, body="!bedankt", filename="taart.jpg")
        assert [s.content.get("url") for s in said if s.room == TEAM and "url" in s.content]


class TestReopening:
    @pytest.fixture
    async def silent(self, stage: Stage, helped: str) -> str:
        """Nobody confirmed it; it was closed a week later."""
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.passes(timedelta(days=3, minutes=1))
        await stage.passes(timedelta(days=4))
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

    async def test_after_a_long_stop_one_step_at_a_time(self, stage: Stage, waiting: str) -> None:
        assert len(to(waiting, await stage.passes(timedelta(days=11)))) == 1
        [warned] = to(waiting, await stage.passes(timedelta(days=11)))
        assert "sluiten we de vraag vrijdag 18 december" in warned
        assert not await stage.passes(timedelta(days=2, hours=23))
        assert "nu gesloten" in to(waiting, await stage.passes(timedelta(hours=1)))[0]

    async def test_something_new_to_try_begins_it_anew(self, stage: Stage, waiting: str) -> None:
        await stage.passes(timedelta(days=3, minutes=1))
        await stage.passes(timedelta(days=4))
        await stage.passes(timedelta(days=2, hours=22))
        await stage.replies(SANNE, TEAM, await stage.card(), "Wil je dit eens proberen?")
        assert not await stage.passes(timedelta(days=2, hours=23))
        assert "herinnering" in to(waiting, await stage.passes(timedelta(hours=2)))[0]

    async def test_an_answer_ends_the_waiting(self, stage: Stage, waiting: str) -> None:
        await stage.says(FATIMA, waiting, "sorry, ik was op vakantie")
        assert (await stage.ticket()).status == "claimed"
        said = to(waiting, await stage.passes(timedelta(days=30)))
        assert not [words for words in said if "herinnering" in words or "sluit" in words]

    async def test_an_answer_that_has_yet_to_be_worked_on_ends_it_too(
        self, stage: Stage, waiting: str
    ) -> None:
        for time in (timedelta(days=3, minutes=1), timedelta(days=4)):
            assert await stage.passes(time)
        stage.now += timedelta(days=1)
        await lies_there(stage, waiting, "sorry, ik was op vakantie")
        said = await stage.passes(timedelta(days=2))
        assert not [words for words in to(waiting, said) if "gesloten" in words]
        assert (await stage.ticket()).status == "claimed"

    async def test_so_does_giving_it_back(self, stage: Stage, waiting: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "↩️")
        said = await stage.passes(timedelta(days=30))
        assert not [words for words in to(waiting, said) if "herinnering" in words or "sluit" in words]

    async def test_by_words(self, stage: Stage, helped: str) -> None:
        assert "wacht op jouw antwoord" in to(helped, await stage.says(SANNE, TEAM, "!wacht 1"))[0]

    async def test_a_stranger_in_the_thread_does_not_end_it(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        root = stage.last
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
        await stage.in_thread(FATIMA, HELP, root, "spannend")
        assert (await stage.ticket()).status == "waiting"
