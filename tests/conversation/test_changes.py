"""Edits, deletions and reactions follow to the other side, and only those of whoever may."""

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import rehome
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import OutboxRow, Ticket
from tests.conversation.conftest import FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import BOT, Said, Stage, edits_in, redacted, to

OWN = "!buurtwarmte:test"


def holding(word: str, said: list[Said]) -> set[str | None]:
    """The messages in rooms of teams in which a word can be read."""
    return {s.event_id for s in said if s.room in (TEAM, WEST) and word in str(s.content).casefold()}


async def test_a_corrected_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze agnda is leeg")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    said = await stage.edits(FATIMA, dm, question, "Onze agenda is leeg")
    assert not to(dm, said)
    assert "Onze agenda is leeg" in edits_in(TEAM, said)[0]
    assert (await stage.ticket()).subject == "Onze agenda is leeg"


async def test_a_better_title_survives_a_correction(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Onze agnda is leeg")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(SANNE, TEAM, "!onderwerp 1 Lege agenda")
    await stage.edits(FATIMA, dm, question, "Onze agenda is leeg")
    assert (await stage.ticket()).subject == "Lege agenda"


@pytest.mark.both_databases
async def test_a_corrected_follow_up_and_answer(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "sinds zondg")
    said = await stage.edits(FATIMA, helped, stage.last, "sinds zondag")
    assert "sinds zondag" in edits_in(TEAM, said)[0]
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk ens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, "Kijk eens bij instellingen")
    assert edits_in(helped, said) == ["Sanne (helpdesk):\n\nKijk eens bij instellingen"]


async def test_a_corrected_note_stays_inside(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij is de penningmester")
    assert helped not in {
        s.room for s in await stage.edits(JORIS, TEAM, stage.last, "Zij is de penningmeester")
    }


async def test_nobody_corrects_the_words_of_somebody_else(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    assert not await stage.edits(JORIS, TEAM, stage.last, "Ga weg")
    assert not await stage.edits(SANNE, HELP, "$in5", "Ga weg")


async def test_a_corrected_command_is_not_obeyed_again(stage: Stage, asked: str) -> None:
    await stage.says(SANNE, TEAM, "!pak 7")
    [why] = to(TEAM, await stage.edits(SANNE, TEAM, stage.last, "!pak 1"))
    assert "nieuw bericht" in why
    assert (await stage.ticket()).assignee is None


async def test_a_corrected_command_answer(stage: Stage, helped: str) -> None:
    await stage.says(SANNE, TEAM, "!antwoord 1 Kijk ens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, "!antwoord 1 Kijk eens bij instellingen")
    assert edits_in(helped, said) == ["Sanne (helpdesk):\n\nKijk eens bij instellingen"]


@pytest.mark.parametrize(
    "text", ["!notitie zij betaalt nooit", "!notite 1 zij betaalt nooit", "!note zij betaalt nooit"]
)
async def test_an_answer_does_not_become_a_note(stage: Stage, helped: str, text: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    said = await stage.edits(SANNE, TEAM, stage.last, text)
    assert helped not in {s.room for s in said}
    assert "niet" in to(TEAM, said)[0]


async def test_nor_a_note_an_answer(stage: Stage, helped: str) -> None:
    await stage.in_thread(SANNE, TEAM, await stage.card(), "!notitie zij betaalt nooit")
    note = stage.last
    for text in ("!antwoord zij betaalt nooit", "!antwoordt zij betaalt nooit", "!pak 1"):
        said = await stage.edits(SANNE, TEAM, note, text)
        assert {s.room for s in said} == {TEAM}
        assert "nieuw bericht" in to(TEAM, said)[0]


async def test_nor_a_question_an_order(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "het werkt")
    message = stage.last
    [why] = to(helped, await stage.edits(FATIMA, helped, message, "!opgelost"))
    assert "nieuw bericht" in why
    assert "! echt waar" in edits_in(TEAM, await stage.edits(FATIMA, helped, message, "! echt waar"))[0]


class TestWhatStandsBehindACommand:
    """A correction is read as the message was: what went out is what was written."""

    async def test_a_number_that_is_part_of_the_words(self, stage: Stage, helped: str) -> None:
        await stage.in_thread(SANNE, TEAM, await stage.card(), "!antwoord 2 dingen: zet hem uit en aan")
        said = await stage.edits(SANNE, TEAM, stage.last, "!antwoord 2 dingen: zet hem uit en weer aan")
        assert edits_in(helped, said) == ["Sanne (helpdesk):\n\n2 dingen: zet hem uit en weer aan"]

    @pytest.mark.parametrize("before", ["!hulp", "!nieuw", "!hulp:", "!Nieuw,"])
    async def test_a_number_in_a_question(self, stage: Stage, dm: str, before: str) -> None:
        await stage.says(FATIMA, dm, f"{before} 3 laptops doen het niet")
        assert (await stage.ticket()).question == "3 laptops doen het niet"
        await stage.edits(FATIMA, dm, stage.last, f"{before} 3 laptops doen het niet meer")
        assert (await stage.ticket()).question == "3 laptops doen het niet meer"

    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("1: probeer het eens", "probeer het eens"),
            ("1, probeer het eens", "probeer het eens"),
            ("1. Probeer het eens", "Probeer het eens"),
            ("#1 probeer het eens", "probeer het eens"),
            ("1 2 keer klikken", "2 keer klikken"),
            ("1 : probeer het eens", ": probeer het eens"),
        ],
    )
    async def test_signs_behind_the_number(self, stage: Stage, helped: str, written: str, sent: str) -> None:
        [answer] = to(helped, await stage.says(SANNE, TEAM, f"!antwoord {written}"))
        assert answer == f"Sanne (helpdesk):\n\n{sent}"
        said = await stage.edits(SANNE, TEAM, stage.last, f"!antwoord: {written}!")
        assert edits_in(helped, said) == [f"Sanne (helpdesk):\n\n{sent}!"]

    @pytest.mark.parametrize("words", ["1:30 uur bel ik", "1,5 GB is genoeg", "1.5 GB is genoeg"])
    async def test_a_number_that_goes_on(self, stage: Stage, helped: str, words: str) -> None:
        said = await stage.in_thread(SANNE, TEAM, await stage.card(), f"!antwoord {words}")
        assert to(helped, said) == [f"Sanne (helpdesk):\n\n{words}"]

    async def test_another_question(self, stage: Stage, helped: str) -> None:
        """It was sent to the wrong one: a correction can't take it there."""
        await stage.says(KWAME, HELP, "!hulp mijn printer is stuk")
        await stage.says(SANNE, TEAM, "!antwoord 1 Zet hem uit")
        answer = stage.last
        for text in ("!antwoord 2 Zet hem uit", "!antwoord #2 Zet hem uit", "!antwoord 1"):
            said = await stage.edits(SANNE, TEAM, answer, text)
            assert {s.room for s in said} == {TEAM}
            assert "niet doorgestuurd" in said[0].body

    @pytest.mark.parametrize("who", ["@kwame:test", "Kwame", "[Kwame](https://matrix.to/#/@kwame:test)"])
    async def test_a_question_for_somebody_else(self, stage: Stage, who: str) -> None:
        await stage.join(TEAM, KWAME)
        await stage.says(SANNE, TEAM, f"!ticket {who} de prnter is stuk")
        ticket = stage.last
        await stage.edits(SANNE, TEAM, ticket, f"!ticket {who} de printer is stuk")
        assert (await stage.ticket()).question == "de printer is stuk"
        [why] = to(TEAM, await stage.edits(SANNE, TEAM, ticket, "!ticket @fatima:test de printer is stuk"))
        assert "nieuw bericht" in why
        assert (await stage.ticket()).question == "de printer is stuk"


class TestACorrectionOfWhatWasKeptNowhere:
    """An answer to the bot, or a command: nobody must think that the correction arrived."""

    async def test_of_an_answer_to_the_bot(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "Mijn mail doet het niet")
        await stage.says(FATIMA, dm, "Noord")
        [why] = to(dm, await stage.edits(FATIMA, dm, stage.last, "West"))
        assert "!stadsdeel" in why

    async def test_of_a_yes(self, stage: Stage, helped: str) -> None:
        await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
        await stage.says(FATIMA, helped, "ja")
        said = await stage.edits(FATIMA, helped, stage.last, "ja, maar nu zijn de contacten weg")
        assert "niemand" in to(helped, said)[0]
        assert "nieuw bericht" in to(helped, said)[0]

    async def test_of_a_command(self, stage: Stage, dm: str) -> None:
        await stage.says(FATIMA, dm, "!status")
        [why] = to(dm, await stage.edits(FATIMA, dm, stage.last, "Mijn mail doet het niet"))
        assert "nieuw bericht" in why

    async def test_in_the_thread_of_ones_question(self, stage: Stage) -> None:
        await stage.room(OWN, size=9)
        await stage.says(KWAME, OWN, "!hulp mijn printer is stuk")
        await stage.in_thread(KWAME, OWN, stage.last, "Noord")
        [why] = to(OWN, await stage.edits(KWAME, OWN, stage.last, "West"))
        assert "!stadsdeel" in why

    async def test_not_of_what_was_said_to_others(self, stage: Stage) -> None:
        await stage.room(OWN, size=9)
        await stage.says(KWAME, OWN, "!hulp mijn printer is stuk")
        await stage.says(FATIMA, OWN, "wie heeft de sleutel?")
        assert not await stage.edits(FATIMA, OWN, stage.last, "wie heeft de sleutel van Noord?")
        await stage.says(SANNE, TEAM, "wie heeft er koffie?")
        assert not await stage.edits(SANNE, TEAM, stage.last, "@Helpdesk wie heeft er koffie?")


async def test_a_corrected_mention_is_still_no_part_of_the_question(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "@Helpdesk mijn prnter is stuk")
    await stage.edits(KWAME, HELP, stage.last, "@Helpdesk mijn printer is stuk")
    assert (await stage.ticket()).question == "mijn printer is stuk"


async def test_a_deleted_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    old = await stage.card()
    await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    told = holding("appeltaart", stage.sent)
    assert len(told) == 2  # the card and its correction
    said = await stage.deletes(FATIMA, dm, question)
    assert set(redacted(said)) == told
    card, where = to(TEAM, said)
    assert "(dit bericht is verwijderd)" in card
    assert old in where
    assert not holding("appeltaart", said)
    ticket = await stage.ticket()
    assert "appeltaart" not in ticket.subject + ticket.question
    assert not await stage.deletes(FATIMA, dm, question)


async def test_life_goes_on_at_the_new_card_and_in_the_old_thread(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    old = await stage.card()
    said = await stage.says(FATIMA, dm, "en ik kom er niet in")
    copy = next(s.event_id for s in said if "kom er niet in" in s.body)
    await stage.deletes(FATIMA, dm, question)
    new = await stage.card()
    assert new != old
    assert "Sanne helpt" in to(dm, await stage.reacts(SANNE, TEAM, new, "✋"))[0]
    assert "stap 1" in to(dm, await stage.replies(SANNE, TEAM, new, "stap 1"))[0]
    assert "stap 2" in to(dm, await stage.replies(SANNE, TEAM, copy, "stap 2", thread=old))[0]
    assert "stap 3" in to(dm, await stage.replies(SANNE, TEAM, old, "stap 3"))[0]
    said = await stage.in_thread(SANNE, TEAM, old, "ze heet Fatima")
    assert not to(dm, said)
    assert [s.refs.get("thread") for s in said if "noteert" in s.body] == [new]
    [relayed] = [s for s in await stage.says(FATIMA, dm, "gelukt") if s.room == TEAM]
    assert relayed.refs["thread"] == new


@pytest.mark.both_databases
async def test_a_deleted_question_that_has_been_with_two_teams(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "West")
    await stage.says(WIM, WEST, "!stadsdeel 1 Noord")
    await stage.says(SANNE, TEAM, "!stadsdeel 1 West")
    await stage.says(WIM, WEST, "!stadsdeel 1 Noord")
    held = holding("appeltaart", stage.sent)
    said = await stage.deletes(FATIMA, dm, question)
    assert held <= set(redacted(said))
    assert not holding("appeltaart", said)
    assert len([s for s in said if "prioriteit:" in s.body]) == 1


async def test_a_deleted_question_whose_team_got_another_room(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    async with stage.db.transaction() as session:
        (await session.get_one(Ticket, 1)).team_room = "!oud-team:test"
    async with stage.db.transaction() as session:
        await rehome(Act(session, stage.now, stage.setting))
    await stage.settle()
    held = holding("appeltaart", stage.sent)
    assert len(held) == 2
    assert held == set(redacted(await stage.deletes(FATIMA, dm, question)))


async def test_a_deleted_message_of_a_question_that_has_become_part_of_another(
    stage: Stage, asked: str
) -> None:
    await stage.says(FATIMA, asked, "!nieuw De printer zegt niets meer")
    await stage.says(FATIMA, asked, "mijn wachtwoord is appeltaart")
    message = stage.last
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.edits(FATIMA, asked, message, "mijn wachtwoord is Appeltaart")
    held = holding("appeltaart", stage.sent)
    assert len(held) == 4
    assert held == set(redacted(await stage.deletes(FATIMA, asked, message)))


async def test_a_deleted_question_that_has_become_part_of_another(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!nieuw Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(SANNE, TEAM, "!samenvoegen 2 1")
    await stage.edits(FATIMA, asked, question, "!nieuw Mijn wachtwoord is Appeltaart")
    held = holding("appeltaart", stage.sent)
    said = await stage.deletes(FATIMA, asked, question)
    assert held <= set(redacted(said))
    assert not [s for s in said if "prioriteit:" in s.body]  # it lives on in the other one's card


async def test_a_deleted_question_whose_card_was_on_its_way_in_that_moment(stage: Stage, dm: str) -> None:
    """A newer version replaces one that is being sent: the homeserver has both."""
    await stage.says(FATIMA, dm, "Mijn wachtwoord is appeltaart")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    stage.offline = True
    await stage.says(SANNE, TEAM, "!prioriteit 1 hoog")
    async with stage.db.reading() as session:
        under_way = (await session.scalars(select(OutboxRow).where(OutboxRow.coalesce.is_not(None)))).one()
    await stage.says(SANNE, TEAM, "!prioriteit 1 laag")
    async with stage.db.transaction() as session:
        await outbox.mark_sent(session, under_way.txn_id, "$onderweg", stage.now)
    stage.offline = False
    await stage.settle()
    assert "$onderweg" in redacted(await stage.deletes(FATIMA, dm, question))


@pytest.mark.both_databases
async def test_a_deleted_message_and_its_corrections(stage: Stage, helped: str) -> None:
    said = await stage.says(FATIMA, helped, "mijn wachtwoord is appeltaart")
    message, [copy] = stage.last, [s.event_id for s in said if s.room == TEAM]
    [edit] = [
        s.event_id
        for s in await stage.edits(FATIMA, helped, message, "mijn wachtwoord is appeltaart1")
        if s.edits == copy
    ]
    assert set(redacted(await stage.deletes(FATIMA, helped, message))) == {copy, edit}
    assert not await stage.deletes(FATIMA, helped, message)


async def test_a_deleted_answer_with_a_file(stage: Stage, helped: str) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}}
    said = await stage.sends(SANNE, TEAM, body="Zo", filename="uitleg.png", **relates)
    answer = stage.last
    copies = {s.event_id for s in said if s.type == "m.room.message" and not s.edits}
    assert set(redacted(await stage.deletes(SANNE, TEAM, answer))) == copies


async def test_a_reaction_both_ways_and_back(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Kijk eens bij instellingen")
    answer, [copy] = stage.last, [s for s in said if s.room == helped]
    [passed_on] = await stage.reacts(FATIMA, helped, copy.event_id, "❤️")
    assert (passed_on.room, passed_on.body, passed_on.refs["about"]) == (TEAM, "❤", answer)
    assert redacted(await stage.deletes(FATIMA, helped, stage.last)) == [passed_on.event_id]
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    told = stage.last
    [passed_on] = await stage.reacts(JORIS, TEAM, copy.event_id, "🎉")
    assert (passed_on.room, passed_on.refs["about"]) == (helped, told)


async def test_the_same_sign_of_two_people_stands_until_the_last_takes_it_back(
    stage: Stage, helped: str
) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    told = stage.last
    [passed_on] = await stage.reacts(JORIS, TEAM, copy.event_id, "🎉")
    first = stage.last
    assert not await stage.reacts(SANNE, TEAM, copy.event_id, "🎉")
    second = stage.last
    [other] = await stage.reacts(SANNE, TEAM, copy.event_id, "❤")
    assert (other.body, other.refs["about"]) == ("❤", told)
    assert not await stage.deletes(JORIS, TEAM, first)
    assert redacted(await stage.deletes(SANNE, TEAM, second)) == [passed_on.event_id]
    [again] = await stage.reacts(JORIS, TEAM, copy.event_id, "🎉")
    assert again.event_id != passed_on.event_id


async def test_a_reaction_in_words_stays_inside(stage: Stage, helped: str) -> None:
    [copy] = [s for s in await stage.says(FATIMA, helped, "gelukt!") if s.room == TEAM]
    assert not await stage.reacts(JORIS, TEAM, copy.event_id, "eindelijk")


async def test_reactions_to_anything_else(stage: Stage, helped: str) -> None:
    await stage.in_thread(JORIS, TEAM, await stage.card(), "Zij is de penningmeester")
    assert not await stage.reacts(SANNE, TEAM, stage.last, "👍")
    assert not await stage.reacts(SANNE, TEAM, await stage.card(), "🎂")
    assert not await stage.reacts(FATIMA, helped, "$nergens", "👍")
    for content in (
        {},
        {"m.relates_to": 7},
        {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": 7}},
    ):
        assert not (await stage.event(FATIMA, helped, "m.reaction", content))[1]
    assert not await stage.failed()


class TestAMentionThatWasAddedLater:
    """What was first said to others becomes a question when it is corrected so that it is for the helpdesk."""

    async def adds(self, stage: Stage, user: str, room: str, event_id: str, body: str) -> list[Said]:
        """As clients do: only who was not mentioned before is outside `m.new_content`."""
        content = {
            "msgtype": "m.text",
            "body": f"* {body}",
            "m.mentions": {"user_ids": [BOT]},
            "m.new_content": {"msgtype": "m.text", "body": body, "m.mentions": {"user_ids": [BOT]}},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        return (await stage.event(user, room, "m.room.message", content))[1]

    async def test_is_a_question(self, stage: Stage) -> None:
        assert not await stage.says(KWAME, HELP, "mijn printer is stuk")
        first = stage.last
        said = await self.adds(stage, KWAME, HELP, first, "@Helpdesk mijn printer is stuk")
        assert "nummer 1" in to(HELP, said)[0]
        assert {s.refs.get("thread") for s in said if s.room == HELP} == {first}
        assert (await stage.ticket()).question == "mijn printer is stuk"
        assert not to(HELP, await self.adds(stage, KWAME, HELP, first, "@Helpdesk mijn printer is echt stuk"))
        assert (await stage.ticket()).question == "mijn printer is echt stuk"

    async def test_is_answered_in_its_thread(self, stage: Stage) -> None:
        await stage.in_thread(KWAME, HELP, "$overleg", "mijn printer is stuk")
        said = await self.adds(stage, KWAME, HELP, stage.last, "@Helpdesk mijn printer is stuk")
        assert {s.refs.get("thread") for s in said if s.room == HELP} == {"$overleg"}

    async def test_by_words_alone_is_a_first_question(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "mijn printer is stuk")
        said = await stage.edits(KWAME, HELP, stage.last, "Helpdesk: mijn printer is stuk")
        assert "nummer 1" in to(HELP, said)[0]

    async def test_was_for_the_bot_before(self, stage: Stage) -> None:
        await stage.room(OWN, size=9)
        await stage.says(KWAME, OWN, "@Helpdesk mijn printer is stuk")
        await stage.says(KWAME, OWN, "@Helpdesk Noord")
        [why] = to(OWN, await stage.edits(KWAME, OWN, stage.last, "@Helpdesk West"))
        assert "!stadsdeel" in why

    async def test_not_in_the_words_of_somebody_else(self, stage: Stage) -> None:
        await stage.says(KWAME, HELP, "mijn printer is stuk")
        assert not await self.adds(stage, FATIMA, HELP, stage.last, "@Helpdesk mijn printer is stuk")
        assert not await self.adds(stage, FATIMA, HELP, "$nergens", "@Helpdesk mijn printer is stuk")
