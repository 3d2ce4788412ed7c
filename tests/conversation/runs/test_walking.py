"""What people meet on the way: help, a number that is not right, a signature, a colleague who leaves, a pause, the way back."""

from datetime import timedelta

import pytest

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.conftest import DRIVE
from tests.conversation.runs.small import playbook, shelf, step, words
from tests.conversation.runs.walker import NOOR, OWN, TARIK, Walker, inputs_of
from tests.conversation.stage import Stage, edits_in, redacted, to


async def test_nothing_begins_before_the_losses_are_accepted(walker: Walker) -> None:
    assert set((await walker.states()).values()) == {Step.TODO}
    await walker.stage.says(NOOR, OWN, "gedaan")
    assert set((await walker.states()).values()) == {Step.TODO}
    said = await walker.reply((await walker.open())[0], "nee")
    assert await walker.state() is Run.ACCEPTING
    assert any("nog niet beginnen" in words for words in to("!dm-tarik:test", said))


async def test_who_comes_in_later_reads_it_all_again(stage: Stage, library: Shelf) -> None:
    """And only once: whoever changes their name joins again, as the homeserver tells it."""
    walker, room = Walker(stage, library, room="direct"), "!dm-noor:test"
    await walker.set_up()
    await stage.join(room, NOOR, membership="invite")
    await walker.start(DRIVE, inputs_of(library.playbooks[DRIVE].open().inputs, 0))
    before = (await walker.open())[0].dialog.asked
    await stage.join(room, NOOR)
    said = (await stage.event(NOOR, room, "m.room.member", {"membership": "join"}, state_key=NOOR))[1]
    assert f"$out{before}" in redacted(said)
    assert any("akkoord" in words for words in to(room, said))
    said = (await stage.event(NOOR, room, "m.room.member", {"membership": "join"}, state_key=NOOR))[1]
    assert not said
    await walker.answer((await walker.open())[0])
    assert await walker.state() is Run.RUNNING


@pytest.mark.parametrize(("room", "rung"), [(OWN, [NOOR]), ("direct", [])])
async def test_a_name_rings_only_where_others_read_along(stage: Stage, room: str, rung: list[str]) -> None:
    """A chat of their own rings anyhow, and clients paint a message that rings for its reader like an alarm."""
    walker = Walker(stage, shelf(playbook("een-ding", [step("one"), step("two", role="trainer")])), room=room)
    await walker.set_up()
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    turns = [said for said in walker.said if "jij bent aan de beurt" in said.body]
    assert {said.room: said.content["m.mentions"].get("user_ids", []) for said in turns} == {
        walker.chat: rung,
        "!dm-tarik:test": [],
    }


async def test_a_question_in_their_own_words_completes_no_step(begun: Walker) -> None:
    asked = await begun.turn()
    said = await begun.reply(asked, "Moet ik ook de gedeelde mappen tellen, of alleen die 12 van ons?")
    assert (await begun.states())[str(asked.step)] is Step.DOING
    assert any("vraag" in words for words in to(OWN, said))


async def test_help_becomes_a_question_that_names_the_step(begun: Walker) -> None:
    await begun.reply(await begun.turn(), "hulp")
    assert "stap 1 van stappenplan 1" in (await begun.stage.ticket()).question
    assert (await begun.stage.ticket()).room_id == OWN


async def test_done_without_the_number_asks_for_it(begun: Walker) -> None:
    asked = await begun.turn()
    said = await begun.reply(asked, "gedaan")
    assert "Nog één ding" in to(OWN, said)[0]
    assert (await begun.states())[str(asked.step)] is Step.DOING
    await begun.reply(await begun.turn(), "12 mappen")
    assert (await begun.states())[str(asked.step)] is Step.DONE
    assert (await begun.row(str(asked.step))).evidence == "12"


async def test_a_colleague_does_not_complete_it(begun: Walker) -> None:
    asked = await begun.turn()
    await begun.stage.says("@bas:test", OWN, "gedaan")
    await begun.stage.reacts("@bas:test", OWN, f"$out{asked.dialog.asked}", "✅")
    assert (await begun.states())[str(asked.step)] is Step.DOING


async def test_the_trainer_hears_of_all_that_waits_in_one_message(begun: Walker) -> None:
    for _ in range(2):
        await begun.answer(await begun.turn())
    said = to("!dm-tarik:test", await begun.stage.passes(timedelta(minutes=10)))
    assert len(said) == 1
    assert "1.1" in said[0]


async def test_a_no_with_a_reason_makes_it_their_turn_again(begun: Walker) -> None:
    first = str((await begun.turn()).step)
    await begun.answer(await begun.turn())
    await begun.stage.passes(timedelta(minutes=10))
    said = await begun.stage.says(TARIK, "!dm-tarik:test", "nee, er ontbreekt een map")
    assert (await begun.states())[first] is Step.FAILED
    assert any("er ontbreekt een map" in words for words in to(OWN, said))


async def test_who_leaves_is_missed_at_once(begun: Walker) -> None:
    await begun.stage.join(OWN, NOOR, membership="leave")
    content = {"membership": "leave"}
    said = (await begun.stage.event(NOOR, OWN, "m.room.member", content, state_key=NOOR))[1]
    assert any("doet niet meer mee" in words for words in to("!dm-tarik:test", said))


async def test_a_pause_is_quiet_and_ends_where_it_began(begun: Walker) -> None:
    asked = await begun.turn()
    await begun.stage.says(
        NOOR, OWN, "!stilzetten 1 vakantie", **{"m.mentions": {"user_ids": ["@hulp:test"]}}
    )
    assert await begun.state() is Run.PAUSED
    assert not to(OWN, await begun.stage.passes(timedelta(days=20)))
    await begun.stage.says(NOOR, OWN, "!hervat 1", **{"m.mentions": {"user_ids": ["@hulp:test"]}})
    assert await begun.state() is Run.RUNNING
    assert (await begun.turn()).step == asked.step


async def test_the_way_back_goes_from_the_last_step_to_the_first(begun: Walker) -> None:
    for _ in range(3):
        await begun.something()
    await begun.stage.says(
        NOOR, OWN, "!terugdraaien 1 het bestuur wil niet", **{"m.mentions": {"user_ids": ["@hulp:test"]}}
    )
    assert await begun.state() is Run.RETURNING
    while await begun.state() is Run.RETURNING:
        await begun.answer((await begun.open())[0])
    assert await begun.state() is Run.ROLLED_BACK
    assert Step.DONE not in (await begun.states()).values()


async def test_two_people_sign_for_what_can_not_be_undone(begun: Walker) -> None:
    while Ask.SIGN not in {one.what for one in await begun.open()}:
        await begun.something()
    signs = [one for one in await begun.open() if one.what is Ask.SIGN]
    assert {one.dialog.user_id for one in signs} == {NOOR, TARIK}
    assert "Wie nog ja moet zeggen: Noor en Tarik." in edits_in(OWN, begun.said)[-1]
    mine = next(one for one in signs if one.dialog.user_id == NOOR)
    said = await begun.reply(mine, "gedaan")
    assert "DEFINITIEF" in to(OWN, said)[0]
    assert (await begun.states())[str(mine.step)] is Step.DOING
    said = await begun.reply(mine, "definitief")
    assert "Wie nog ja moet zeggen: Tarik." in edits_in(OWN, said)[-1]
    assert Ask.DO not in {one.what for one in await begun.open()}
    said = await begun.reply(next(one for one in signs if one.dialog.user_id == TARIK), "DEFINITIEF")
    assert "Aan de beurt: Noor" in edits_in(OWN, said)[-1]
    assert (await begun.turn()).step == mine.step


async def test_the_word_is_not_signed_when_it_is_mistyped(begun: Walker) -> None:
    await begun.until(Ask.SIGN)
    mine = next(one for one in await begun.open() if one.what is Ask.SIGN and one.dialog.user_id == NOOR)
    before = len(await begun.tickets())
    for text in ("DEFINITEIF", "definitif", "Definitieff"):
        assert to(OWN, await begun.reply(mine, text)) == [
            "Deze stap kan niet terug. Daarom telt alleen het hele woord. Typ DEFINITIEF."
        ]
    assert len(await begun.tickets()) == before
    await begun.reply(mine, "definitief?")
    assert len(await begun.tickets()) == before + 1
    assert {one.dialog.user_id for one in await begun.open() if one.what is Ask.SIGN} == {NOOR, TARIK}


async def test_afterwards_people_are_asked_how_it_was(begun: Walker) -> None:
    await begun.walk()
    said = await begun.stage.passes(timedelta(days=15))
    assert any("hoe gaat het sinds" in words for words in to(OWN, said))
    later = next(one for one in await begun.open() if one.what is Ask.LATER)
    assert any("Vraag 2" in words for words in to(OWN, await begun.reply(later, "Goed te doen")))


@pytest.mark.parametrize(
    ("counted", "said_back"),
    [("12", "Gelukt: Hoeveel? 12, zoals het moet."), ("9", "Let op: Hoeveel? 9. Dat had 12 moeten zijn.")],
)
async def test_at_the_end_it_is_said_whether_the_numbers_are_right(
    stage: Stage, counted: str, said_back: str
) -> None:
    told = {"type": "number", "ask": words("Hoeveel?"), "key": "there"}
    asked = [
        {"key": "before", "label": words("Hoeveel waren het er?"), "type": "number"},
        {"key": "other", "label": words("En anders?"), "type": "number", "required": False},
    ]
    success = [{"metric": "there", "equals": "before"}, {"metric": "there", "equals": "other"}]
    one = playbook("een-ding", [step("one", evidence=told)], inputs=asked, success=success)
    walker = Walker(stage, shelf(one))
    await walker.set_up()
    await walker.start("een-ding", {"before": 12})
    await walker.answer((await walker.open())[0])
    await walker.reply(await walker.turn(), counted)
    walker.said.clear()
    await walker.walk()
    for room in (OWN, "!dm-tarik:test"):
        ends = [said for said in to(room, walker.said) if said_back in said]
        assert len(ends) == 1
        assert ends[0].count("Hoeveel?") == 1  # of what nobody was asked nothing is said
