"""What people say when it is over, as people say it: no new question, no old one opened, and the helper hears it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk_bot.storage.models import Ticket
from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import Stage, to


@pytest.fixture
async def solved(stage: Stage, helped: str) -> str:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    return helped


@pytest.fixture
async def done(stage: Stage, solved: str) -> str:
    await stage.says(FATIMA, solved, "ja")
    return solved


async def questions(stage: Stage) -> int:
    async with stage.db.reading() as session:
        return await session.scalar(select(func.count(Ticket.id))) or 0


THANKS = [
    "Dank je wel, ik ben er heel blij mee!",
    "Heel erg bedankt, ik kan weer verder",
    "Bedankt voor je geduld, Sanne!",
    "Superbedankt!",
    "Hartstikke bedankt!",
    "Dankjewel lieve Sanne",
    "Thank you so much for your patience Sanne",
]


@pytest.mark.parametrize("text", THANKS)
async def test_thanks_after_the_end(stage: Stage, done: str, text: str) -> None:
    said = await stage.says(FATIMA, done, text)
    assert to(done, said) == ["Mooi. Ik geef het door aan Sanne."]
    [thanks] = to(TEAM, said)
    assert "bedankt" in thanks
    assert text in thanks
    assert await questions(stage) == 1
    assert (await stage.ticket()).status == "closed"


@pytest.mark.parametrize("text", ["Jullie zijn toppers!", "🙏", "😊", "Top, fijne dag nog"])
async def test_kind_words_after_the_end_need_no_answer(stage: Stage, done: str, text: str) -> None:
    assert not await stage.says(FATIMA, done, text)
    assert await questions(stage) == 1


@pytest.mark.parametrize(
    ("text", "stars"),
    [("4, het duurde wel lang", 4), ("5 want Sanne was heel geduldig", 5), ("3. Kon sneller", 3)],
)
async def test_a_mark_with_words(stage: Stage, done: str, text: str, stars: int) -> None:
    said = await stage.says(FATIMA, done, text)
    assert to(done, said) == ["Dank je wel voor je cijfer."]
    told = to(TEAM, said)
    assert f"een {stars} van de 5" in told[0]
    assert f"schrijft erbij:\n\n{text}" in told[1]
    assert await questions(stage) == 1


@pytest.mark.parametrize(
    "text", ["2 dingen doen het nog niet", "5 vragen heb ik nog", "Bedankt, en hoe deel ik de agenda?"]
)
async def test_a_new_question_stays_one(stage: Stage, done: str, text: str) -> None:
    await stage.says(FATIMA, done, text)
    assert await questions(stage) == 2


@pytest.mark.parametrize(
    "text", ["het werkt niet", "Het werkt toch niet", "nog niet", "helaas niet", "2, want het werkt niet"]
)
async def test_not_solved_after_all(stage: Stage, done: str, text: str) -> None:
    said = await stage.says(FATIMA, done, text)
    [open_again] = to(done, said)
    assert open_again.startswith("Vraag 1 is weer open. Sanne helpt je verder.")
    assert any(text in words for words in to(TEAM, said))
    assert await questions(stage) == 1


async def test_not_solved_after_all_when_the_mark_was_given(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "5")
    await stage.passes(timedelta(days=2))
    await stage.says(FATIMA, done, "het werkt toch niet")
    assert (await stage.ticket()).status == "claimed"


async def test_the_wrong_thumb(stage: Stage, solved: str) -> None:
    asked = next(s for s in reversed(stage.sent) if "Klopt dat" in s.body)
    await stage.reacts(FATIMA, solved, asked.event_id, "👍")
    await stage.deletes(FATIMA, solved, stage.last)
    said = await stage.reacts(FATIMA, solved, asked.event_id, "👎")
    [open_again] = to(solved, said)
    assert open_again.startswith("Vraag 1 is weer open. Sanne helpt je verder.")


async def test_rather_no_mark_and_then_all_right(stage: Stage, done: str) -> None:
    await stage.says(FATIMA, done, "nee dank je")
    assert not await stage.says(FATIMA, done, "ok")
    assert await questions(stage) == 1


async def test_thanks_when_nobody_helped(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!opgelost")
    assert not await stage.says(FATIMA, asked, "Bedankt!")
    assert await questions(stage) == 1


async def test_thanks_after_a_kind_close(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    for _ in range(3):
        await stage.passes(timedelta(days=8))
    assert (await stage.ticket()).status == "closed"
    said = await stage.says(FATIMA, helped, "Oké, dank je wel!")
    assert to(helped, said) == ["Mooi. Ik geef het door aan Sanne."]
    assert (await stage.ticket()).status == "closed"


async def test_yes_after_a_kind_close_is_a_yes_to_more_help(stage: Stage, helped: str) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "⏳")
    for _ in range(3):
        await stage.passes(timedelta(days=8))
    await stage.says(FATIMA, helped, "ja")
    assert (await stage.ticket()).status == "claimed"


@pytest.mark.parametrize(
    "text",
    [
        "🙏",
        "😊",
        "Jaa!",
        "jep",
        "Probleem opgelost",
        "Ja het werkt, superbedankt!",
        "Ja thnx",
        "Sorted, thanks",
        "It's working now",
        "That's right",
    ],
)
async def test_yes_as_people_say_it(stage: Stage, solved: str, text: str) -> None:
    [fine] = to(solved, await stage.says(FATIMA, solved, text))
    assert "Vraag 1 is klaar" in fine
    assert (await stage.ticket()).confirmed


async def test_more_than_a_yes_is_read_by_a_person(stage: Stage, solved: str) -> None:
    said = await stage.says(FATIMA, solved, "Ja hoor, alles staat er weer in sinds vanmorgen")
    assert (await stage.ticket()).confirmed
    assert any("schrijft erbij" in words and "sinds vanmorgen" in words for words in to(TEAM, said))


async def test_thanks_in_a_thread_open_nothing(stage: Stage) -> None:
    await stage.join(HELP, KWAME)
    await stage.says(KWAME, HELP, "!hulp de wifi is weg")
    root = stage.last
    await stage.reacts(JORIS, TEAM, await stage.card(), "✋")
    await stage.reacts(JORIS, TEAM, await stage.card(), "✅")
    await stage.in_thread(KWAME, HELP, root, "ja")
    said = await stage.in_thread(KWAME, HELP, root, "Bedankt voor je geduld, Joris!")
    assert to(HELP, said) == ["Mooi. Ik geef het door aan Joris."]
    assert (await stage.ticket()).status == "closed"


class TestTwoAtOnce:
    """Two questions of the same person, both said to be solved."""

    @pytest.fixture
    async def both(self, stage: Stage, solved: str) -> str:
        await stage.says(FATIMA, solved, "!nieuw Mijn scherm is zwart")
        await stage.reacts(JORIS, TEAM, await stage.card(2), "✋")
        await stage.reacts(JORIS, TEAM, await stage.card(2), "✅")
        return solved

    def asked(self, stage: Stage, number: int) -> str:
        return next(s.event_id for s in stage.sent if f"vraag {number} is opgelost. Klopt dat" in s.body)

    async def test_a_thumb_at_each(self, stage: Stage, both: str) -> None:
        for number in (1, 2):
            await stage.reacts(FATIMA, both, self.asked(stage, number), "👍")
            assert (await stage.ticket(number)).confirmed

    async def test_a_reply_to_each(self, stage: Stage, both: str) -> None:
        for number in (1, 2):
            await stage.replies(FATIMA, both, self.asked(stage, number), "ja")
            assert (await stage.ticket(number)).confirmed

    async def test_a_mark_for_the_first(self, stage: Stage, both: str) -> None:
        for number in (1, 2):
            await stage.reacts(FATIMA, both, self.asked(stage, number), "👍")
        fine = next(s.event_id for s in stage.sent if "Vraag 1 is klaar" in s.body)
        await stage.replies(FATIMA, both, fine, "5")
        assert ((await stage.ticket(1)).rating, (await stage.ticket(1)).status) == (5, "closed")


async def test_the_first_question_can_still_be_answered_after_the_second(stage: Stage, solved: str) -> None:
    asked = next(s.event_id for s in stage.sent if "Klopt dat" in s.body)
    await stage.passes(timedelta(days=3, minutes=1))
    await stage.reacts(FATIMA, solved, asked, "👍")
    assert (await stage.ticket()).confirmed


@pytest.mark.parametrize(
    "text",
    [
        "Ok, ik ga het vanavond proberen",
        "Oké dan, morgen weet ik meer",
        "Bedankt! Ik probeer het straks even",
        "Thanks, I will try it tonight",
    ],
)
async def test_somebody_who_has_yet_to_try_has_not_said_yes(stage: Stage, solved: str, text: str) -> None:
    said = await stage.says(FATIMA, solved, text)
    assert (await stage.ticket()).status == "claimed"
    assert any(text in words for words in to(TEAM, said))


@pytest.mark.parametrize(
    "text",
    [
        "Bedankt nog, nu ligt onze website plat",
        "2. Onze printer print alleen zwart",
        "Dank, mijn mail is weg",
    ],
)
async def test_thanks_in_front_of_a_new_question(stage: Stage, done: str, text: str) -> None:
    await stage.says(FATIMA, done, text)
    assert (await stage.ticket(2)).question == text


async def test_thanks_weeks_later_come_with_a_question(stage: Stage, done: str) -> None:
    await stage.passes(timedelta(days=12))
    await stage.says(FATIMA, done, "Bedankt voor de vorige keer, de website is plat")
    assert (await stage.ticket(2)).question.startswith("Bedankt voor de vorige keer")


@pytest.mark.parametrize("words", ["Bedankt!", "top, dank je wel", "👍", "Fijne dag"])
async def test_a_helper_who_thanks_the_bot_asks_nothing(stage: Stage, words: str) -> None:
    own = await stage.direct(SANNE)
    await stage.says(SANNE, own, "!profiel aantal 3")
    assert not await stage.says(SANNE, own, words)


async def test_a_helper_who_thanks_and_asks_has_a_question(stage: Stage) -> None:
    own = await stage.direct(SANNE)
    assert "vraag 1" in to(own, await stage.says(SANNE, own, "Bedankt, maar mijn eigen mail werkt niet"))[0]
