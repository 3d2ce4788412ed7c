"""Asking, in each of the places where people ask."""

from datetime import timedelta

import pytest

from tests.conversation.conftest import CITY, FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, Stage, to

OWN = "!buurtwarmte:test"


@pytest.fixture
async def own(stage: Stage) -> str:
    """A room of an organisation, with the bot as a guest."""
    await stage.room(OWN, size=12)
    await stage.join(OWN, FATIMA, KWAME, BOT)
    return OWN


class TestDirectChat:
    async def test_the_first_message_is_a_question(self, stage: Stage, dm: str) -> None:
        [welcome] = to(dm, await stage.says(FATIMA, dm, "Mijn mail doet het niet"))
        assert "vraag 1" in welcome
        assert "1 Noord, 2 West, 3 Nieuw-West" in welcome
        assert "10 minuten" in welcome

    async def test_more_goes_with_it_in_silence_and_reaches_the_team(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "En de contacten zijn ook weg")
        assert not to(asked, said)
        [copy] = to(TEAM, said)
        assert "Fatima schrijft" in copy
        assert "contacten" in copy

    async def test_what_was_said_before_it_reached_a_team_goes_along(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "sinds gisteren, op mijn telefoon en op de laptop")
        card, more, _ = to(TEAM, await stage.says(FATIMA, dm, "Noord"))
        assert "Mijn mail" in card
        assert "sinds gisteren" in more

    async def test_a_new_question_on_purpose(self, stage: Stage, asked: str) -> None:
        said = await stage.says(FATIMA, asked, "!nieuw De printer zegt niets meer")
        assert "nummer 2" in to(asked, said)[0]
        marked = await stage.says(FATIMA, asked, "hij knippert oranje")
        assert to(asked, marked) == ["📎 vraag 2"]

    async def test_a_new_question_needs_words(self, stage: Stage, asked: str) -> None:
        [how] = to(asked, await stage.says(FATIMA, asked, "!nieuw"))
        assert "Waar kan ik mee helpen" in how

    async def test_a_reply_chooses_between_two_questions(self, stage: Stage, asked: str) -> None:
        first = stage.sent[0].event_id
        await stage.says(FATIMA, asked, "!nieuw De printer zegt niets meer")
        said = await stage.replies(FATIMA, asked, first, "de agenda is nog steeds leeg")
        assert to(asked, said) == ["📎 vraag 1"]

    async def test_the_bot_follows_into_a_thread(self, stage: Stage, asked: str) -> None:
        await stage.in_thread(FATIMA, asked, stage.sent[0].event_id, "ik schrijf hier verder")
        await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
        assert stage.sent[-1].refs.get("thread") or any(
            s.room == asked and s.refs.get("thread") == stage.sent[0].event_id for s in stage.sent
        )

    async def test_own_words_behind_an_exclamation_mark_are_no_command(self, stage: Stage, dm: str) -> None:
        welcome, *_ = to(dm, await stage.says(FATIMA, dm, "! dringend ! onze site ligt eruit"))
        assert "vraag 1" in welcome

    async def test_the_name_of_the_helpdesk_may_be_part_of_the_question(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Helpdesk gesloten vandaag?")
        assert (await stage.ticket()).question == "Helpdesk gesloten vandaag?"

    async def test_help_with_a_space(self, stage: Stage, dm: str) -> None:
        [guide] = to(dm, await stage.says(FATIMA, dm, "! help"))
        assert "!help" in guide
        assert "This is a chat" in guide  # whoever writes `!help` reads English

    async def test_everything_is_remembered(self, stage: Stage, asked: str) -> None:
        await stage.says(FATIMA, asked, "!organisatie Buurtwarmte Noord")
        said = await stage.says(FATIMA, asked, "!nieuw De printer zegt niets meer")
        [welcome] = to(asked, said)
        assert "stadsdeel is" not in welcome
        assert "organisatie" not in welcome
        assert "Buurtwarmte Noord" in to(TEAM, said)[0]

    async def test_a_very_long_message(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Het begon zo. " * 4_000)
        said = await stage.says(FATIMA, dm, "Noord")
        assert all(len(words) < 30_000 for words in to(TEAM, said))
        assert not await stage.failed()

    async def test_a_colleague_joins_the_direct_chat(self, stage: Stage, helped: str) -> None:
        await stage.room(helped, size=3)
        assert "nog iets" in to(TEAM, await stage.says(FATIMA, helped, "nog iets over de agenda"))[0]
        assert not await stage.says(KWAME, helped, "wat doen jullie hier?")

    async def test_a_new_group_is_no_direct_chat(self, stage: Stage) -> None:
        """Its maker invited the bot first; what they say to their colleagues later is theirs."""
        group = await stage.room("!nieuwe-groep:test", size=2, name="Buurtwarmte")
        assert to(group, await stage.says(FATIMA, group, "Onze wiki is traag, in Noord"))
        await stage.room(group, size=8, name="Buurtwarmte")
        await stage.passes(timedelta(minutes=11))  # the bot says where the question is now
        await stage.passes(timedelta(minutes=11))
        assert not await stage.says(FATIMA, group, "Welkom allemaal!")

    async def test_an_old_confirmed_question_is_history(self, stage: Stage, helped: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.says(FATIMA, helped, "ja")
        said = await stage.says(FATIMA, helped, "De website is weg, weten jullie hoe dat kan?")
        assert "nummer 2" in to(helped, said)[0]

    async def test_writing_in_the_thread_of_long_ago(self, stage: Stage, helped: str) -> None:
        root = stage.sent[0].event_id
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.says(FATIMA, helped, "ja")
        await stage.passes(timedelta(days=40))
        [welcome] = to(helped, await stage.in_thread(FATIMA, helped, root, "Hij is weer leeg"))
        assert "nummer 2" in welcome


class TestHelpRoom:
    @pytest.mark.parametrize("text", ["!hulp mijn printer is stuk", "!help mijn printer is stuk"])
    async def test_by_command(self, stage: Stage, text: str) -> None:
        said = await stage.says(KWAME, HELP, text)
        [welcome] = to(HELP, said)
        assert "nummer 1" in welcome
        assert "Noord" in welcome
        assert "mijn printer is stuk" in to(TEAM, said)[0]
        assert [s.refs.get("thread") for s in said if s.room == HELP] == [stage.last]

    async def test_what_is_not_for_the_bot_is_left_alone(self, stage: Stage) -> None:
        assert not await stage.says(KWAME, HELP, "Goedemorgen allemaal")
        assert not await stage.says(KWAME, HELP, "Ik zag de helpdesk gisteren in het buurthuis")

    async def test_an_empty_mention_is_answered_kindly(self, stage: Stage) -> None:
        [how] = to(HELP, await stage.says(KWAME, HELP, "@Helpdesk"))
        assert "Waar kan ik mee helpen" in how

    async def test_follow_up_in_the_thread(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        said = await stage.in_thread(KWAME, HELP, stage.last, "hij piept ook")
        assert to(HELP, said) == ["📎 vraag 1"]
        assert "hij piept ook" in to(TEAM, said)[0]

    async def test_follow_up_by_reply_to_the_bot(self, stage: Stage) -> None:
        said = await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        said = await stage.replies(KWAME, HELP, said[0].event_id, "hij piept ook")
        assert to(HELP, said) == ["📎 vraag 1"]

    async def test_follow_up_in_plain_words_right_after_the_bot(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        assert to(HELP, await stage.says(KWAME, HELP, "en hij piept")) == ["📎 vraag 1"]

    async def test_somebody_else_in_between_ends_that(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        assert not await stage.says(FATIMA, HELP, "Wie gaat er mee naar de markt?")
        assert not await stage.says(KWAME, HELP, "Ik ga mee!")

    async def test_also_a_command_or_reply_of_somebody_else_ends_it(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.replies(FATIMA, HELP, stage.last, "wat rot")
        assert not await stage.says(KWAME, HELP, "Ja hè")
        await stage.says(KWAME, HELP, "!hulp mijn scherm is stuk")
        await stage.says(FATIMA, HELP, "!hulp")
        assert not await stage.says(KWAME, HELP, "Zo werkt dat dus")

    async def test_a_thread_of_others_does_not(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.in_thread(FATIMA, HELP, "$elders", "lekker weer")
        assert to(HELP, await stage.says(KWAME, HELP, "en hij piept")) == ["📎 vraag 1"]

    async def test_nor_does_it_last_for_ever(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.passes(timedelta(minutes=11))
        assert not await stage.says(KWAME, HELP, "Goedemorgen!")

    async def test_what_is_said_to_somebody_else_is_left_alone(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        assert not await stage.says(
            KWAME, HELP, "Fatima, kom je ook?", **{"m.mentions": {"user_ids": [FATIMA]}}
        )

    async def test_an_answer_of_the_helper_begins_it_again(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.passes(timedelta(hours=2))
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij aan?")
        said = await stage.says(KWAME, HELP, "Ja, al de hele dag")
        assert "Ja, al de hele dag" in to(TEAM, said)[0]

    async def test_a_mention_the_next_week_is_a_new_question(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.passes(timedelta(days=7))
        [welcome] = to(HELP, await stage.says(KWAME, HELP, "@Helpdesk onze website is weg"))
        assert "nummer 2" in welcome

    async def test_a_stranger_with_the_same_trouble(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        root = stage.last
        said = await stage.in_thread(FATIMA, HELP, root, "@Helpdesk ik heb precies hetzelfde")
        assert "nummer 2" in to(HELP, said)[0]
        said = await stage.in_thread(FATIMA, HELP, root, "bij mij is het er een van Epson")
        assert to(HELP, said) == ["📎 vraag 2"]
        said = await stage.in_thread(KWAME, HELP, root, "bij mij een HP")
        assert to(HELP, said) == ["📎 vraag 1"]

    async def test_a_stranger_in_the_thread_is_heard_but_decides_nothing(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        root = stage.last
        await stage.join(HELP, FATIMA)
        said = await stage.in_thread(FATIMA, HELP, root, "Heb je de stekker al bekeken?")
        assert "Fatima schrijft" in to(TEAM, said)[0]
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.in_thread(KWAME, HELP, root, "ja")
        assert not await stage.in_thread(FATIMA, HELP, root, "Zie je wel, de stekker!")
        assert (await stage.ticket()).status == "closed"

    async def test_a_helper_answers_in_the_help_room_itself(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        said = await stage.in_thread(SANNE, HELP, stage.last, "Zet hem eens uit en weer aan")
        assert any("Sanne helpt je" in words for words in to(HELP, said))
        assert any("Sanne antwoordde de vrager" in words for words in to(TEAM, said))
        assert (await stage.ticket()).assignee == SANNE


class TestOwnRoom:
    async def test_organisation_and_stadsdeel_are_asked_once_for_the_room(
        self, stage: Stage, own: str
    ) -> None:
        [where] = to(own, await stage.says(FATIMA, own, "!hulp onze wiki is traag"))
        assert "stadsdeel" in where
        [which] = to(own, await stage.says(FATIMA, own, "Noord"))
        assert "organisatie" in which
        [noted] = to(own, await stage.says(FATIMA, own, "voor Buurtwarmte Noord"))[:1]
        assert "**Buurtwarmte Noord**" in noted or "Buurtwarmte Noord" in noted
        said = await stage.says(KWAME, own, "!hulp en wie beheert die eigenlijk?")
        [welcome] = to(own, said)
        assert "organisatie" not in welcome
        assert "Buurtwarmte Noord" in to(TEAM, said)[0]

    async def test_commands_of_other_bots_are_ignored(self, stage: Stage, own: str) -> None:
        for text in ("!weather Amsterdam", "!poll pizza of pasta", "!foo", "!search cats", "!note x"):
            assert not await stage.says(FATIMA, own, text), text

    async def test_a_typo_gets_a_suggestion(self, stage: Stage, own: str) -> None:
        [meant] = to(own, await stage.says(FATIMA, own, "!hullp onze wiki is traag"))
        assert "`!hulp`" in meant or "!hulp" in meant

    async def test_mention_and_command_together(self, stage: Stage, own: str) -> None:
        await stage.says(FATIMA, own, "!hulp onze wiki is traag")
        [line] = to(own, await stage.says(FATIMA, own, "@Helpdesk !status"))
        assert "onze wiki is traag" in line

    async def test_a_colleague_helps_to_explain_but_does_not_reopen(self, stage: Stage, own: str) -> None:
        await stage.says(FATIMA, own, "!hulp onze wiki is traag")
        root = stage.last
        await stage.says(FATIMA, own, "Noord")
        said = await stage.in_thread(KWAME, own, root, "vooral de foto's")
        assert "Kwame schrijft" in to(TEAM, said)[0]
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.in_thread(KWAME, own, root, "ja hoor")
        assert (await stage.ticket()).status == "solved"
        await stage.in_thread(FATIMA, own, root, "ja hoor")
        assert (await stage.ticket()).status == "closed"

    async def test_a_colleague_who_is_a_technician_elsewhere_is_a_colleague_here(
        self, stage: Stage, own: str
    ) -> None:
        await stage.says(FATIMA, own, "!hulp onze wiki is traag")
        root = stage.last
        await stage.says(FATIMA, own, "Noord")
        await stage.in_thread(SANNE, own, root, "Bij mij ook")
        assert (await stage.ticket()).assignee is None

    async def test_a_mention_in_a_thread_of_colleagues(self, stage: Stage, own: str) -> None:
        await stage.in_thread(FATIMA, own, "$overleg", "@Helpdesk kunnen jullie dit mailadres maken?")
        said = await stage.in_thread(FATIMA, own, "$overleg", "Noord, het gaat om info@")
        assert to(own, said)
        assert not await stage.in_thread(KWAME, own, "$overleg", "ik regel intussen de koffie")

    async def test_reply_to_the_greeting(self, stage: Stage, own: str) -> None:
        _, said = await stage.event(FATIMA, "!nieuw:test", "helpdesk.invite", {"is_direct": False})
        await stage.room("!nieuw:test")
        greeting = next(s for s in said if s.kind == "send")
        [welcome] = to(
            "!nieuw:test", await stage.replies(FATIMA, "!nieuw:test", greeting.event_id, "Onze wiki is traag")
        )
        assert "vraag 1" in welcome


async def test_nobody_tells_where_it_is(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn mail doet het niet meer")
    said = await stage.passes(timedelta(minutes=11))
    assert "Mijn mail" in to(CITY, said)[0]
    assert "hele stad" in to(dm, said)[0]
    assert not await stage.passes(timedelta(hours=3))
