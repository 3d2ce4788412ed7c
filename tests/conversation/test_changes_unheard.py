"""Edits of what reached nobody: the bot says so, or what was for others becomes a question."""

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, Said, Stage, to

OWN = "!buurtwarmte:test"


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
