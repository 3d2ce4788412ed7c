"""What people answer, where and how they happen to: nothing is taken for a step that is none, and no question is lost."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.walker import NOOR, OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import LAYOUT, Stage, to

BAS, DM, OTHER, TRAINER_DM = "@bas:test", "!dm-noor:test", "!dm2-noor:test", "!dm-tarik:test"
TEAM = "!team-noord:test"


async def questions(walker: Walker) -> list[str]:
    return [ticket.question for ticket in await walker.tickets()]


async def test_after_a_reminder_the_first_message_can_still_be_answered(begun: Walker) -> None:
    first = await begun.turn()
    said = await begun.stage.passes(timedelta(days=10))
    assert any("Het geeft niet" in words for words in to(OWN, said))
    await begun.reply(first, "12")
    assert (await begun.states())[str(first.step)] is Step.DONE


async def test_a_heart_at_a_step_completes_nothing(begun: Walker) -> None:
    first = await begun.turn()
    for sign in ("❤️", "👍", "🙏", "👀"):
        await begun.stage.reacts(NOOR, OWN, f"$out{first.dialog.asked}", sign)
    assert (await begun.states())[str(first.step)] is Step.DOING
    said = await begun.stage.reacts(NOOR, OWN, f"$out{first.dialog.asked}", "✅")
    assert "Nog één ding" in to(OWN, said)[0]  # it needs a number


async def test_content_words_accept_no_losses(walker: Walker) -> None:
    asked = (await walker.open())[0]
    for text in ("klaar", "gelukt", "❤️", "bedankt"):
        await walker.stage.reacts(NOOR, OWN, f"$out{asked.dialog.asked}", "❤️")
        await walker.reply(asked, text)
    assert await walker.state() is Run.ACCEPTING


@pytest.mark.parametrize("text", ["akkoord?", "ja?", "oké?", "✅?"])
async def test_who_asks_accepts_no_losses(walker: Walker, text: str) -> None:
    await walker.reply((await walker.open())[0], text)
    assert await walker.state() is Run.ACCEPTING


@pytest.mark.parametrize("text", ["gedaan?", "is het klaar?", "klaar ?"])
async def test_who_asks_completes_nothing(begun: Walker, text: str) -> None:
    await begun.reply(await begun.turn(), "12")
    asked = await begun.turn()
    await begun.reply(asked, text)
    assert (await begun.states())[str(asked.step)] is Step.DOING
    assert len(await begun.tickets()) == 1


async def test_a_trainer_who_asks_does_not_say_that_it_is_right(begun: Walker) -> None:
    await begun.reply(await begun.turn(), "12")
    asked = await begun.until(Ask.LOOK)
    for text in ("klopt 1.1?", "klopt?", "klopt alles?"):
        await begun.reply(asked, text)
    assert (await begun.row("inventory")).state is Step.DONE
    await begun.reply(asked, "klopt alles")
    assert (await begun.row("inventory")).state is Step.VERIFIED


async def test_agreeing_is_no_organisation_s_name(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    said = await stage.says(NOOR, DM, "!hulp Onze printer doet het niet")
    assert "Voor welke organisatie" in to(DM, said)[-1]
    await stage.says(NOOR, DM, "!tools zoom")
    assert await stage.passes(timedelta(days=1))  # it takes longer than was promised, and they hear so
    await stage.says(NOOR, DM, "Akkoord")
    assert await walker.state() is Run.RUNNING
    said = await stage.says(NOOR, DM, "Voedselcoop Noord")
    assert "Voedselcoop Noord" in to(DM, said)[-1]


async def test_a_yes_to_the_helper_accepts_no_losses(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    await stage.says(NOOR, DM, "!hulp Mijn wachtwoord doet het niet")
    await stage.join(TEAM, SANNE)
    await stage.says(SANNE, TEAM, "!antwoord 1 Akkoord als ik een nieuw maak?")
    await stage.says(NOOR, DM, "Akkoord")
    assert await walker.state() is Run.ACCEPTING


async def test_a_question_about_the_losses_goes_to_a_helper(walker: Walker) -> None:
    await walker.reply((await walker.open())[0], "Wat bedoel je met snelkoppelingen")
    assert await walker.state() is Run.ACCEPTING
    assert "snelkoppelingen" in (await questions(walker))[0]


async def test_a_colleague_asks_at_a_step_and_is_heard(begun: Walker) -> None:
    asked = await begun.turn()
    await begun.stage.replies(BAS, OWN, f"$out{asked.dialog.asked}", "Horen de foto's er ook bij?", "$out1")
    assert "foto's" in (await questions(begun))[0]
    said = await begun.stage.replies(BAS, OWN, f"$out{asked.dialog.asked}", "gedaan", "$out1")
    assert "is van Noor" in to(OWN, said)[0]
    assert (await begun.states())[str(asked.step)] is Step.DOING


async def test_what_colleagues_say_to_one_another_in_the_thread_is_theirs(begun: Walker) -> None:
    for who in (NOOR, BAS):
        assert not await begun.stage.in_thread(who, OWN, "$out1", "Ik kom donderdag wel langs")
    assert not await questions(begun)


async def test_help_keeps_what_was_written_before_it(in_words: Walker) -> None:
    walker = in_words
    asked = await walker.turn()
    said = await walker.reply(asked, "Ik zie twee mappen die hetzelfde heten")
    assert "Zal ik dit opschrijven" in to(OWN, said)[0]
    confirming = next(one for one in await walker.open() if one.what is Ask.CONFIRM)
    await walker.reply(confirming, "hulp")
    assert "twee mappen" in (await questions(walker))[-1]
    assert (await walker.states())[str(asked.step)] is Step.DOING


async def test_after_the_helper_answered_gedaan_is_about_the_step(alone: Walker) -> None:
    asked = await alone.turn()
    await alone.stage.says(NOOR, DM, "hulp")
    [ticket] = await alone.tickets()
    assert ticket.team_room
    await alone.stage.says("@sanne:test", ticket.team_room, f"!antwoord {ticket.id} Open de map eens")
    said = await alone.stage.says(NOOR, DM, "gedaan")
    assert "Nog één ding" in to(DM, said)[0]
    assert asked.step == (await alone.turn()).step


async def test_an_answer_in_another_chat_of_their_own_counts_and_the_card_comes_along(alone: Walker) -> None:
    first, other = await alone.turn(), "!dm2-noor:test"
    await alone.stage.room(other, size=2)
    await alone.stage.join(other, NOOR, "@hulp:test")
    said = await alone.stage.says(NOOR, other, "12")
    assert (await alone.states())[str(first.step)] is Step.DONE
    assert any(words.startswith("Stappenplan 1") for words in to(other, said))
    assert (await alone.run()).room_id == other


async def test_gedaan_in_a_pause_comes_too_early_and_help_does_not(begun: Walker) -> None:
    while Step.WAITING not in (await begun.states()).values():
        await begun.something()
    resting = next(name for name, state in (await begun.states()).items() if state is Step.WAITING)
    asked = next(one for one in await begun.open() if one.step == resting)
    said = await begun.reply(asked, "gedaan")
    assert "De pauze loopt nog" in to(OWN, said)[0]
    assert (await begun.states())[resting] is Step.WAITING
    before = len(await begun.tickets())
    await begun.reply(asked, "hulp")
    assert len(await begun.tickets()) == before + 1


async def test_a_new_question_weeks_later_is_no_answer_about_how_it_was(alone: Walker) -> None:
    await alone.walk()
    await alone.stage.passes(timedelta(days=15))
    later = next(one for one in await alone.open() if one.what is Ask.LATER)
    before = len(await alone.tickets())
    await alone.stage.says(NOOR, DM, "Onze mail doet het ineens niet meer")
    assert len(await alone.tickets()) == before + 1
    assert "mail" in (await questions(alone))[-1]
    said = await alone.reply(later, "Goed te doen, maar het duurde lang")
    while more := [one for one in await alone.open() if one.what is Ask.LATER]:
        said = await alone.reply(more[0], "Meer plaatjes")
    assert any("het duurde lang" in words for words in to(TRAINER_DM, said))


async def test_a_trainer_says_yes_to_all_or_to_some(begun: Walker) -> None:
    names = []
    for _ in range(3):
        turn = await begun.until(Ask.DO)
        names.append(str(turn.step))
        await begun.answer(turn)
    await begun.stage.passes(timedelta(minutes=10))
    said = await begun.stage.says(TARIK, TRAINER_DM, "klopt")
    assert "Er staan meer stappen" in to(TRAINER_DM, said)[0]
    waiting = [name for name in names if (await begun.row(name)).looks == "trainer"]
    assert len(waiting) > 1
    first = (await begun.row(waiting[0])).place
    await begun.stage.says(TARIK, TRAINER_DM, f"klopt 1.{first}")
    assert (await begun.states())[waiting[0]] is Step.VERIFIED
    assert (await begun.states())[waiting[-1]] is Step.DONE
    thanks = to(TRAINER_DM, await begun.stage.says(TARIK, TRAINER_DM, "klopt alles"))
    assert {(await begun.states())[name] for name in waiting} == {Step.VERIFIED}
    left = [f"1.{(await begun.row(name)).place}" for name in waiting[1:]]
    assert [all(place in text for place in left) for text in thanks if "nagekeken" in text] == [True]


async def test_who_is_no_trainer_any_more_can_not_say_that_it_is_right(begun: Walker) -> None:
    first = str((await begun.turn()).step)
    await begun.answer(await begun.turn())
    await begun.stage.passes(timedelta(minutes=10))
    assert LAYOUT.trainers
    await begun.stage.join(LAYOUT.trainers, TARIK, membership="leave")
    await begun.stage.says(TARIK, TRAINER_DM, "klopt")
    assert (await begun.states())[first] is Step.DONE


# In another chat with us


async def another_chat(walker: Walker) -> str:
    """Noor's app made a new chat with the helpdesk."""
    await walker.stage.room(OTHER, size=2)
    await walker.stage.join(OTHER, NOOR, "@hulp:test")
    return OTHER


async def test_what_the_bot_asks_for_counts_in_another_chat(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    other = await another_chat(walker)
    await stage.says(NOOR, other, "akkoord")
    assert await walker.state() is Run.RUNNING
    assert not await questions(walker)


async def test_what_was_asked_in_the_organisation_s_room_is_done_in_a_chat_too(begun: Walker) -> None:
    while (turn := await begun.turn()) and await begun.evidence(str(turn.step)) is not None:
        await begun.something()
    other = await another_chat(begun)
    said = await begun.stage.says(NOOR, other, "✅")
    assert (await begun.states())[str(turn.step)] is not Step.DOING
    assert any(one.type == "m.reaction" and one.room == other for one in said), said
    assert not await questions(begun)


async def test_anything_else_there_is_a_question(begun: Walker) -> None:
    other = await another_chat(begun)
    turn = await begun.turn()
    for words in ("Ik heb de printer gedaan", "ja", "12", "👍"):
        await begun.stage.says(NOOR, other, words)
        assert (await begun.states())[str(turn.step)] is Step.DOING
    assert await questions(begun) == ["Ik heb de printer gedaan"]


async def test_after_a_helper_spoke_there_gedaan_is_for_the_helper(begun: Walker) -> None:
    other = await another_chat(begun)
    await begun.stage.says(NOOR, other, "!hulp Onze printer doet het niet")
    await begun.stage.join(TEAM, SANNE)
    await begun.stage.says(SANNE, TEAM, "!antwoord 1 Doe hem eens uit en aan")
    turn = await begun.turn()
    await begun.stage.says(NOOR, other, "gedaan")
    assert (await begun.states())[str(turn.step)] is Step.DOING


async def test_of_two_it_is_asked_which_is_meant(alone: Walker) -> None:
    await alone.start("choose-a-host", inputs_of(alone.shelf.playbooks["choose-a-host"].open().inputs, 0))
    await alone.stage.says(NOOR, DM, "akkoord")
    other = await another_chat(alone)
    said = await alone.stage.says(NOOR, other, "gedaan")
    assert "Stappenplan 1 (" in to(other, said)[0]
    assert "Stappenplan 2 (" in to(other, said)[0]
    assert not await questions(alone)


async def test_commands_in_another_chat_are_about_their_plan_too(alone: Walker) -> None:
    other = await another_chat(alone)
    said = to(other, await alone.stage.says(NOOR, other, "!stappenplan"))
    assert "Deel 7" in said[0]
    assert "!gedaan 1.1 12" in to(other, await alone.stage.says(NOOR, other, "!gedaan 1"))[0]
    await alone.stage.says(NOOR, other, "!stilzetten we zijn op vakantie")
    assert await alone.state() is Run.PAUSED


async def test_a_trainer_says_that_it_is_right_in_another_chat(begun: Walker) -> None:
    stage, other = begun.stage, "!dm2-tarik:test"
    looked = await begun.until(Ask.LOOK)
    await stage.room(other, size=2)
    await stage.join(other, TARIK, "@hulp:test")
    said = await stage.says(TARIK, other, "klopt alles")
    assert (await begun.states())[str(looked.step)] is Step.VERIFIED
    assert to(other, said)
