"""What can be used instead: asked by a command, or in somebody's own words."""

import pytest

from helpdesk_bot.domain.tickets import Status
from tests.conversation.conftest import FATIMA, HELP, SANNE, TEAM
from tests.conversation.stage import BOT, Stage, to

ZOOM = "Wat kan ik gebruiken in plaats van Zoom?"


class TestTheCommand:
    async def test_alone_it_shows_what_there_is_for_each_purpose(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tools"))
        assert "- Videobellen: Jitsi Meet, BigBlueButton" in said
        assert "Zoom" in said.splitlines()[-1]  # only in the example of how to ask more

    @pytest.mark.parametrize("asked", ["Zoom", "het programma Zoom", "ZOOM!"])
    async def test_a_big_tool_is_told_with_what_takes_its_place(
        self, stocked: Stage, dm: str, asked: str
    ) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, f"!tools {asked}"))
        assert said.startswith("In plaats van Zoom")
        assert "Jitsi Meet" in said
        assert "Kosten:" in said
        assert "Van Zoom naar BigBlueButton" in said

    async def test_a_purpose_is_told_with_what_is_made_for_it(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tools agenda"))
        assert "Nextcloud Calendar" in said
        assert "Van Google Agenda naar Nextcloud Agenda" in said
        assert "Van Dropbox" not in said

    async def test_all_is_told_about_an_open_tool(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tools bbb"))
        for words in (
            "BigBlueButton",
            "Voor wie:",
            "Let op:",
            "Duitsland",
            "LGPL",
            "Hoe het ermee gaat, lazen we op",
        ):
            assert words in said

    @pytest.mark.parametrize(
        ("tool", "said"),
        [
            ("Jitsi", "Wie het voor je regelt: Disroot, Nederland."),
            ("WeKan", "Wie het voor je regelt: Wij kennen geen host in Nederland of Europa."),
            ("KeePassXC", "Wie het voor je regelt: Dat is niet nodig. Het staat op je eigen computer."),
        ],
    )
    async def test_who_hosts_it_is_said_also_when_nobody_does(
        self, stocked: Stage, dm: str, tool: str, said: str
    ) -> None:
        [told] = to(dm, await stocked.says(FATIMA, dm, f"!tools {tool}"))
        assert said in told

    async def test_the_maker_of_many_is_asked_which(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tools google"))
        assert "Schrijf welke je bedoelt" in said
        assert "Google Drive" in said

    async def test_what_is_not_in_the_list_is_said_kindly(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tools hamer"))
        assert "‘hamer’ staat niet in onze lijst" in said

    async def test_in_english(self, stocked: Stage, dm: str) -> None:
        [said] = to(dm, await stocked.says(FATIMA, dm, "!tool calendar"))
        assert "You can use these for it. Calendar:" in said

    async def test_without_a_catalogue_nothing_breaks(self, stage: Stage, dm: str) -> None:
        [said] = to(dm, await stage.says(FATIMA, dm, "!tools"))
        assert "Er is hier nog geen lijst" in said


class TestInTheirOwnWords:
    @pytest.mark.parametrize(
        "question",
        [
            ZOOM,
            "hoi, weten jullie een alternatief voor zoom",
            "Kunnen we Zoom niet vervangen door iets anders?",
            "We willen weg van zooom",
        ],
    )
    async def test_the_answer_comes_with_the_ticket(self, stocked: Stage, dm: str, question: str) -> None:
        answer, welcome = to(dm, await stocked.says(FATIMA, dm, question))
        assert "In plaats van Zoom" in answer
        assert "Van Zoom naar Jitsi" in answer
        assert "vraag 1" in welcome

    async def test_a_purpose_is_enough(self, stocked: Stage, dm: str) -> None:
        answer, _ = to(dm, await stocked.says(FATIMA, dm, "Welk programma is handig voor een nieuwsbrief?"))
        assert "GNU Mailman" in answer

    @pytest.mark.parametrize(
        "question",
        [
            "Zoom doet het niet",
            "In plaats van een plaatje zie ik een kruisje",
            "Wat kan ik gebruiken in plaats van een hamer?",
            "Welk programma was dat ook alweer?",
        ],
    )
    async def test_other_questions_get_no_such_answer(self, stocked: Stage, dm: str, question: str) -> None:
        [welcome] = to(dm, await stocked.says(FATIMA, dm, question))
        assert "vraag 1" in welcome

    async def test_after_a_greeting_it_is_answered_too(self, stocked: Stage, dm: str) -> None:
        await stocked.says(FATIMA, dm, "hoi")
        said = to(dm, await stocked.says(FATIMA, dm, ZOOM))
        assert any("In plaats van Zoom" in words for words in said)
        await stocked.says(FATIMA, dm, "dat helpt")
        assert (await stocked.ticket(1)).status == Status.CLOSED

    async def test_what_is_added_to_a_question_with_a_card_is_answered_and_stands_on_it(
        self, stocked: Stage, dm: str
    ) -> None:
        await stocked.says(FATIMA, dm, "Ik heb een vraag over bellen")
        await stocked.says(FATIMA, dm, "Noord")
        said = await stocked.says(FATIMA, dm, ZOOM)
        assert "In plaats van Zoom" in "".join(to(dm, said))
        card = next(one for one in said if one.room == TEAM and "edits" in one.refs)
        assert "stuurde al een antwoord uit de lijst" in str(card.content)

    async def test_people_look_at_it_all_the_same_and_see_what_was_said(
        self, stocked: Stage, dm: str
    ) -> None:
        await stocked.says(FATIMA, dm, ZOOM)
        card, *_ = to(TEAM, await stocked.says(FATIMA, dm, "Noord"))
        assert "stuurde al een antwoord uit de lijst" in card

    @pytest.mark.parametrize("answer", ["dat helpt", "Dat helpt, dankjewel!", "ja", "opgelost", "👍"])
    async def test_enough_closes_it(self, stocked: Stage, dm: str, answer: str) -> None:
        await stocked.says(FATIMA, dm, ZOOM)
        await stocked.says(FATIMA, dm, answer)
        ticket = await stocked.ticket(1)
        assert ticket.status == Status.CLOSED
        assert ticket.confirmed

    async def test_a_thumb_is_enough_too(self, stocked: Stage, dm: str) -> None:
        answer, _ = [said for said in await stocked.says(FATIMA, dm, ZOOM) if said.room == dm]
        await stocked.reacts(FATIMA, dm, answer.event_id, "👍")
        assert (await stocked.ticket(1)).status == Status.CLOSED

    @pytest.mark.parametrize("answer", ["nee", "bedankt", "Maar hoe nodig ik dan mensen uit?", "Noord"])
    async def test_anything_else_keeps_it_open(self, stocked: Stage, dm: str, answer: str) -> None:
        await stocked.says(FATIMA, dm, ZOOM)
        await stocked.says(FATIMA, dm, answer)
        assert (await stocked.ticket(1)).status == Status.NEW

    async def test_once_somebody_helps_a_yes_is_for_them(self, stocked: Stage, dm: str) -> None:
        await stocked.says(FATIMA, dm, ZOOM)
        await stocked.says(FATIMA, dm, "Noord")
        await stocked.join(TEAM, SANNE)
        await stocked.says(SANNE, TEAM, "!pak 1")
        await stocked.says(FATIMA, dm, "ja")
        assert (await stocked.ticket(1)).status == Status.CLAIMED

    async def test_in_a_help_room_it_is_answered_in_the_thread(self, stocked: Stage) -> None:
        await stocked.join(HELP, FATIMA, BOT)
        said = await stocked.says(FATIMA, HELP, f"!hulp {ZOOM}")
        answer = next(one for one in said if "In plaats van Zoom" in one.body)
        assert answer.refs["thread"] == stocked.last
