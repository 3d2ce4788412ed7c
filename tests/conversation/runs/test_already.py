"""'gedaan' where nothing waits for it: they hear how it stands, and no question for a helper is made of it."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.test_answers import BAS, DM, OTHER, TEAM, TRAINER_DM, another_chat, questions
from tests.conversation.runs.walker import NOOR, OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import BOT, Stage, to

WORDS = ("gedaan", "Klaar!", "done", "✅", "het is gelukt")
ELSE = "Schrijf dan in je eigen woorden"


async def heard(walker: Walker, room: str, said: list) -> str:  # type: ignore[type-arg]
    """The one answer, when nothing was made of it."""
    [answer] = to(room, said)
    assert ELSE in answer
    assert not [words for words in await questions(walker) if not words.startswith("Stap 1.")]
    return answer


async def to_look_at(walker: Walker) -> Asked:
    """What the trainer is asked within minutes after a step was done."""
    await walker.stage.passes(timedelta(minutes=10))
    return next(one for one in await walker.open() if one.what is Ask.LOOK)


async def past_first(walker: Walker) -> Asked:
    """A step that was done and looked at; the next one waits."""
    first = await walker.turn()
    await walker.answer(first)
    await walker.until(Ask.DO)
    return first


@pytest.mark.parametrize("word", WORDS)
async def test_at_a_step_that_was_done_before(begun: Walker, word: str) -> None:
    first = await past_first(begun)
    now = await begun.turn()
    answer = await heard(begun, OWN, await begun.reply(first, word))
    assert "Stap 1 staat al op gedaan." in answer
    assert f"Nu: stap {(await begun.row(str(now.step))).place}" in answer
    assert "Aan de beurt: Noor" in answer
    assert "Antwoord dan op het bericht van die stap" in answer
    assert (await begun.states())[str(now.step)] is Step.DOING


@pytest.mark.both_databases
async def test_at_a_step_that_was_looked_at(begun: Walker) -> None:
    first = await begun.turn()
    await begun.answer(first)
    await begun.answer(await to_look_at(begun))
    assert "Stap 1 was al klaar en nagekeken." in await heard(begun, OWN, await begun.reply(first, "gedaan"))


async def test_at_a_step_that_was_left_out_or_put_back(begun: Walker) -> None:
    first = await begun.turn()
    await begun.stage.says(TARIK, TRAINER_DM, "!overslaan 1.1 ze hebben dat al")
    assert "Stap 1 is overgeslagen." in await heard(begun, OWN, await begun.reply(first, "klaar"))


async def test_what_was_agreed_is_not_agreed_again(begun: Walker) -> None:
    accept = "$out2"  # the losses, after the card
    for word in ("akkoord", "ja", "gedaan"):
        said = await begun.stage.replies(NOOR, OWN, accept, word)
        assert "Nu: stap 1" in await heard(begun, OWN, said)


async def test_thanks_at_a_step_need_no_answer(begun: Walker) -> None:
    first = await past_first(begun)
    assert not to(OWN, await begun.reply(first, "dank je wel"))
    assert not await questions(begun)


@pytest.mark.parametrize(
    "words", ["gedaan, maar nu zie ik niets", "gedaan?", "Klaar, en wat doe ik met de foto's", "hulp", "12"]
)
async def test_words_of_their_own_are_never_lost(begun: Walker, words: str) -> None:
    first = await past_first(begun)
    await begun.reply(first, words)
    [question] = await questions(begun)
    assert "Stap 1" in question or "stap 1" in question
    assert words == "hulp" or words in question


@pytest.mark.parametrize("words", ["gedaan, maar nu zie ik niets", "Het is af, alleen mis ik de foto's"])
async def test_nor_are_loose_ones_in_a_chat_of_their_own(alone: Walker, words: str) -> None:
    await alone.stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    await alone.stage.says(NOOR, DM, words)
    assert await questions(alone) == [words]


async def test_at_the_card_when_it_is_the_turn_of_somebody_else(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library)
    await walker.set_up()
    name = "whatsapp-to-element"
    await walker.start(name, inputs_of(library.playbooks[name].open().inputs, 0))
    while not await walker.tickets():
        await walker.something()
    before = await questions(walker)
    said = await stage.replies(NOOR, OWN, "$out1", "gedaan")
    if not [one for one in await walker.open() if one.what is Ask.DO and one.dialog.user_id == NOOR]:
        assert "Aan de beurt: een technicus" in to(OWN, said)[0]
    assert await questions(walker) == before


async def test_by_somebody_whose_step_it_is_not(begun: Walker) -> None:
    said = await begun.stage.replies(BAS, OWN, "$out1", "gedaan")
    assert "Aan de beurt: Noor" in await heard(begun, OWN, said)
    said = await begun.stage.in_thread(BAS, OWN, "$out1", "gedaan")
    assert "Aan de beurt: Noor" in await heard(begun, OWN, said)
    assert not await begun.stage.in_thread(BAS, OWN, "$out1", "klaar")  # said to a colleague


@pytest.mark.parametrize("word", ["akkoord", "ja", "nee", "I agree", "definitief"])
async def test_at_the_losses_by_somebody_who_does_not_decide(walker: Walker, word: str) -> None:
    [losses] = await walker.open()
    answer = await heard(
        walker, OWN, await walker.stage.replies(BAS, OWN, f"$out{losses.dialog.asked}", word)
    )
    assert "Noor" in answer
    assert await walker.state() is Run.ACCEPTING
    assert not await questions(walker)


async def test_a_question_at_the_losses_by_somebody_who_does_not_decide(walker: Walker) -> None:
    [losses] = await walker.open()
    await walker.stage.replies(BAS, OWN, f"$out{losses.dialog.asked}", "raken we ook de agenda kwijt?")
    assert len(await questions(walker)) == 1


async def test_at_the_losses_it_is_said_how_they_are_accepted(walker: Walker) -> None:
    answer = await heard(walker, OWN, await walker.reply((await walker.open())[0], "gedaan"))
    assert "Nog niet begonnen" in answer
    assert "Schrijf dan 'akkoord'" in answer
    assert await walker.state() is Run.ACCEPTING


async def test_loose_at_the_losses_in_a_chat_of_their_own(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    for _ in range(2):
        assert "Schrijf dan 'akkoord'" in await heard(walker, DM, await stage.says(NOOR, DM, "klaar"))


async def test_while_it_is_on_hold(begun: Walker) -> None:
    turn = await begun.turn()
    await begun.stage.says(TARIK, TRAINER_DM, "!stilzetten 1 Noor is op vakantie")
    for said in (
        await begun.reply(turn, "gedaan"),
        await begun.stage.replies(NOOR, OWN, "$out1", "klaar"),
    ):
        answer = await heard(begun, OWN, said)
        assert "staat stil: Noor is op vakantie" in answer
        assert "!hervat 1" in answer
    assert (await begun.states())[str(turn.step)] is Step.DOING


@pytest.mark.parametrize("word", WORDS)
async def test_after_it_was_stopped(alone: Walker, word: str) -> None:
    turn = await alone.turn()
    await alone.stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    for said in (
        await alone.reply(turn, word),
        await alone.stage.replies(NOOR, DM, "$out1", word),
        await alone.stage.says(NOOR, DM, word),
        await alone.stage.says(NOOR, DM, word),
    ):
        assert "is gestopt op " in await heard(alone, DM, said)


async def test_after_it_was_finished(alone: Walker) -> None:
    first = await alone.turn()
    await alone.walk()
    before = await questions(alone)
    for said in (
        await alone.reply(first, "gedaan"),
        await alone.stage.replies(NOOR, DM, "$out1", "gedaan"),
        await alone.stage.says(NOOR, DM, "klaar"),
    ):
        assert "is klaar, sinds " in to(DM, said)[0]
    finished = next(one for one in alone.said if "het is klaar!" in one.body and one.room == DM)
    assert "is klaar, sinds " in to(DM, await alone.stage.replies(NOOR, DM, finished.event_id, "gedaan"))[0]
    assert await questions(alone) == before


async def test_in_another_chat_when_no_step_waits(alone: Walker) -> None:
    await alone.stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    other = await another_chat(alone)
    assert other == OTHER
    assert "is gestopt op " in await heard(alone, OTHER, await alone.stage.says(NOOR, OTHER, "gedaan"))


async def test_in_the_room_of_the_organisation_said_to_the_helpdesk(begun: Walker) -> None:
    await begun.stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    to_us = {"m.mentions": {"user_ids": [BOT]}}
    said = await begun.stage.says(NOOR, OWN, "gedaan", **to_us)
    assert "is gestopt op " in await heard(begun, OWN, said)
    assert not await begun.stage.says(NOOR, OWN, "gedaan")  # said to colleagues


async def test_a_trainer_who_is_to_look(begun: Walker) -> None:
    await begun.answer(await begun.turn())
    looked = await to_look_at(begun)
    assert "Schrijf dan 'klopt'" in await heard(begun, TRAINER_DM, await begun.reply(looked, "gedaan"))
    await begun.answer(looked)
    answer = await heard(begun, TRAINER_DM, await begun.reply(looked, "gedaan"))
    assert "Stap 1 was al klaar en nagekeken." in answer


async def test_is_no_name_of_an_organisation(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    said = await stage.says(NOOR, DM, "Onze printer doet het niet")
    assert "Voor welke organisatie" in to(DM, said)[-1]
    await stage.says(NOOR, DM, "klaar")
    assert (await stage.ticket(1)).organisation_id is None
    await stage.says(NOOR, DM, "gedaan")
    assert (await stage.ticket(1)).organisation_id is None


async def test_a_helper_who_asked_something_reads_it(alone: Walker) -> None:
    """The step waits too, but the helper spoke last."""
    await alone.stage.says(TARIK, TRAINER_DM, "!stopplan 1 ze zijn verhuisd")
    await alone.stage.says(NOOR, DM, "Onze printer doet het niet")
    await alone.stage.join(TEAM, SANNE)
    await alone.stage.says(SANNE, TEAM, "!antwoord 1 Doe hem eens uit en aan")
    said = await alone.stage.says(NOOR, DM, "gedaan")
    assert any("gedaan" in words for words in to(TEAM, said))


async def test_who_walks_through_nothing_is_heard_as_ever(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await stage.says(NOOR, DM, "klaar")
    assert await questions(walker) == ["klaar"]


async def test_in_english(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct", language="en")
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    await walker.answer((await walker.open())[0])
    turn = await walker.turn()
    await stage.says(NOOR, DM, "!stopplan 1 we move")
    [answer] = to(DM, await walker.reply(turn, "done"))
    assert "was stopped on " in answer
    assert await stage.passes(timedelta(hours=1)) is not None
    assert not await questions(walker)
