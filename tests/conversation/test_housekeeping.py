"""Rooms come and go: invitations, upgrades, goodbyes, gaps; and 'verify'."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import rehome
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.storage import delivery
from helpdesk_bot.storage.models import OutboxRow, Room, Ticket
from tests.conversation.conftest import CITY, COORDINATION, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM
from tests.conversation.stage import BOT, Said, Stage, to

NEW = "!nieuw:test"


def membership(said: list[Said]) -> list[str]:
    return [s.kind for s in said if s.kind in ("join", "leave")]


class TestInvitations:
    async def test_to_a_group_with_a_greeting(self, stage: Stage) -> None:
        _, said = await stage.event(FATIMA, "!groep:test", "helpdesk.invite", {"is_direct": False})
        assert membership(said) == ["join"]
        assert "Noem mijn naam" in to("!groep:test", said)[0]

    async def test_to_a_direct_chat_without_words(self, stage: Stage) -> None:
        _, said = await stage.event(FATIMA, "!samen:test", "helpdesk.invite", {"is_direct": True})
        assert membership(said) == ["join"]
        assert not to("!samen:test", said)

    async def test_from_elsewhere_is_declined(self, stage: Stage) -> None:
        _, said = await stage.event("@x:evil.example", "!val:evil.example", "helpdesk.invite", {})
        assert membership(said) == ["leave"]
        assert not to("!val:evil.example", said)

    async def test_in_a_busy_hour_it_comes_later(self, stage: Stage) -> None:
        for place in range(30):
            asker = f"@buur{place}:{FATIMA.partition(':')[2]}"
            assert membership((await stage.event(asker, f"!groep{place}:test", "helpdesk.invite", {}))[1])
        assert not membership((await stage.event(FATIMA, "!nog:test", "helpdesk.invite", {}))[1])
        back = await stage.event("@iemand:elders", TEAM, "helpdesk.invite", {})
        assert membership(back[1]) == ["join"]  # into its own rooms always
        async with stage.db.reading() as session:
            assert (await delivery.backlog(session, stage.now + timedelta(minutes=59)))[1] <= timedelta()
        said = await stage.passes(timedelta(minutes=61))
        assert membership(said) == ["join"]
        assert "Noem mijn naam" in to("!nog:test", said)[0]

    async def test_one_person_uses_up_nobody_else_s(self, stage: Stage) -> None:
        joined = []
        for place in range(40):
            joined += membership(
                (await stage.event(KWAME, f"!k{place}:test", "helpdesk.invite", {"is_direct": True}))[1]
            )
        assert joined == ["join"] * 5
        said = (await stage.event(FATIMA, "!f:test", "helpdesk.invite", {"is_direct": True}))[1]
        assert membership(said) == ["join"]
        assert membership(await stage.passes(timedelta(minutes=61))) == ["join"] * 5

    async def test_who_asks_for_more_than_a_day_s_is_declined(self, stage: Stage) -> None:
        said: list[str] = []
        for place in range(130):
            said += membership(
                (await stage.event(FATIMA, f"!g{place}:test", "helpdesk.invite", {"is_direct": True}))[1]
            )
        assert said == ["join"] * 5 + ["leave"] * 5


class TestUpgrades:
    async def tombstone(self, stage: Stage, room: str, successor: object) -> list[Said]:
        """As the room's own state and its event tell it; returns what the bot sent."""
        async with stage.db.transaction() as session:
            (await session.get_one(Room, room)).successor = successor if isinstance(successor, str) else None
        content = {"body": "verhuisd", "replacement_room": successor}
        return (await stage.event(FATIMA, room, "m.room.tombstone", content, state_key=""))[1]

    async def arrival(self, stage: Stage, room: str, predecessor: object, **facts: Any) -> list[Said]:
        """The bot is in a room that says which one it follows."""
        await stage.room(room, size=3, **facts)
        return (await stage.event(FATIMA, room, "helpdesk.arrived", {"predecessor": predecessor}))[1]

    async def test_the_conversation_goes_on_in_the_successor_when_the_bot_is_there(
        self, stage: Stage, helped: str
    ) -> None:
        assert membership(await self.tombstone(stage, helped, NEW)) == ["join"]
        assert (await stage.ticket()).room_id == helped
        async with stage.db.transaction() as session:
            assert await session.get(Room, NEW) is None, "what is not seen is not known"
        stage.offline = True
        await stage.replies(SANNE, TEAM, await stage.card(), "Ben je daar nog?")
        stage.offline = False
        said = await self.arrival(stage, NEW, helped)
        assert "Ben je daar nog?" in to(NEW, said)[0]
        assert not to(helped, said)
        assert "ja, hier" in to(TEAM, await stage.says(FATIMA, NEW, "ja, hier"))[0]

    async def test_what_was_private_stays_private(self, stage: Stage, helped: str) -> None:
        await stage.room(helped, encrypted=True, size=2)
        await self.tombstone(stage, helped, NEW)
        await self.arrival(stage, NEW, helped, encrypted=False)
        async with stage.db.reading() as session:
            assert (await session.get_one(Room, NEW)).encrypted

    @pytest.mark.parametrize("predecessor", ["!third:test", TEAM, 7, None])
    async def test_not_into_a_room_that_follows_another(
        self, stage: Stage, helped: str, predecessor: object
    ) -> None:
        await self.tombstone(stage, helped, NEW)
        await self.arrival(stage, NEW, predecessor)
        assert (await stage.ticket()).room_id == helped

    async def test_not_into_a_room_that_only_claims_to_be_its_successor(
        self, stage: Stage, helped: str
    ) -> None:
        """Anybody can make a room that names this one as the room before it, and invite the bot there."""
        await self.arrival(stage, NEW, helped)
        assert (await stage.ticket()).room_id == helped
        await self.tombstone(stage, helped, "!de-echte:test")
        await self.arrival(stage, "!andere:test", helped)
        assert (await stage.ticket()).room_id == helped

    async def test_an_invitation_into_the_successor_comes_at_once_and_without_a_greeting(
        self, stage: Stage, helped: str
    ) -> None:
        stage.offline = True
        await self.tombstone(stage, helped, NEW)
        async with stage.db.transaction() as session:
            (join,) = await session.scalars(select(OutboxRow).where(OutboxRow.kind == "join"))
            await delivery.put_off(session, join.id, stage.now + timedelta(minutes=5), "M_FORBIDDEN")
        stage.offline = False
        _, said = await stage.event(FATIMA, NEW, "helpdesk.invite", {"is_direct": False})
        assert [s.kind for s in said] == ["join"]

    async def test_where_the_bot_may_not_come_whoever_asked_is_reached_directly(
        self, stage: Stage, helped: str
    ) -> None:
        stage.offline = True
        await self.tombstone(stage, helped, NEW)
        await stage.replies(SANNE, TEAM, await stage.card(), "Ben je daar nog?")
        await self.refused(stage)
        stage.offline = False
        said = await stage.settle()
        direct = (await stage.ticket()).room_id
        assert direct not in (helped, NEW)
        answer, told = to(direct, said)
        assert "Ben je daar nog?" in answer
        assert "verhuisd" in told
        assert not to(helped, said)
        assert any(NEW in words and "Nodig mij" in words for words in to(COORDINATION, said))
        assert any("chat met mij" in words for words in to(TEAM, said))
        assert "dank" in to(TEAM, await stage.says(FATIMA, direct, "dank voor de moeite"))[0]

    async def refused(self, stage: Stage) -> None:
        """As the sender does when a room can't be joined, to the last try."""
        async with stage.db.transaction() as session:
            (join,) = await session.scalars(select(OutboxRow).where(OutboxRow.kind == "join"))
            assert await delivery.give_up(session, join.id, "failed", "M_FORBIDDEN")
            await undelivered(Act(session, stage.now, stage.setting), join, "M_FORBIDDEN")

    async def test_a_room_of_the_helpdesk_is_told(self, stage: Stage) -> None:
        said = await self.tombstone(stage, HELP, "!nieuw:test")
        assert "helpdesk init" in to(COORDINATION, said)[0]
        assert "!nieuw:test" in to(COORDINATION, said)[0]

    @pytest.mark.parametrize("successor", [TEAM, COORDINATION, 7, "geen kamer", None])
    async def test_not_into_the_helpdesks_own_rooms(
        self, stage: Stage, helped: str, successor: object
    ) -> None:
        assert not await self.tombstone(stage, helped, successor)
        assert (await stage.ticket()).room_id == helped

    async def test_open_questions_find_the_new_team_room(self, stage: Stage, helped: str) -> None:
        async with stage.db.transaction() as session:
            (await session.get_one(Ticket, 1)).team_room = "!oud-team:test"
        async with stage.db.transaction() as session:
            await rehome(Act(session, stage.now, stage.setting))
        said = await stage.settle()
        assert "agenda" in to(TEAM, said)[0]
        assert to(helped, await stage.replies(SANNE, TEAM, await stage.card(), "Daar ben ik weer"))


async def test_put_out_of_a_room(stage: Stage, helped: str) -> None:
    _, said = await stage.event(FATIMA, helped, "helpdesk.removed", {})
    assert "weg uit de kamer" in to(TEAM, said)[0]
    assert not to(COORDINATION, said)


async def test_put_out_of_a_room_of_the_helpdesk(stage: Stage) -> None:
    _, said = await stage.event(JORIS, TEAM, "helpdesk.removed", {})
    assert "gehaald" in to(COORDINATION, said)[0]


async def test_a_gap_is_said_aloud_where_people_wait(stage: Stage, helped: str) -> None:
    _, said = await stage.event(BOT, helped, "helpdesk.gap", {"reason": "too long"})
    assert "gemist" in to(COORDINATION, said)[0]
    assert "gemist" in to(helped, said)[0]
    own = await stage.room("!groep:test", size=12)
    _, said = await stage.event(BOT, own, "helpdesk.gap", {})
    assert not to(own, said)


async def test_verify_is_declined_at_once(stage: Stage, dm: str) -> None:
    content = {"msgtype": "m.key.verification.request", "body": "verify", "to": BOT, "from_device": "X"}
    event_id, said = await stage.event(FATIMA, dm, "m.room.message", content)
    cancel, explained = said
    assert (cancel.type, cancel.content["m.relates_to"]["event_id"]) == (
        "m.key.verification.cancel",
        event_id,
    )
    assert "programma" in explained.body
    assert "niet versleuteld" in explained.body
    await stage.room(dm, size=2, encrypted=True)
    assert "al versleuteld" in (await stage.event(FATIMA, dm, "m.room.message", content))[1][1].body
    assert not (await stage.event(FATIMA, dm, "m.room.message", {**content, "to": KWAME}))[1]


async def test_words_in_the_space_are_nothing(stage: Stage) -> None:
    assert not await stage.says(FATIMA, "!space:test", "!hulp iets")
    assert not await stage.says(FATIMA, CITY, "hoi")


async def test_a_room_where_others_talk_is_nobodys_successor(stage: Stage) -> None:
    """Whoever makes a tombstone chooses what it points at: their own question must not move into others' room."""
    dm = await stage.direct(FATIMA)
    await stage.says(FATIMA, dm, "Mijn mail doet het niet")
    theirs = await stage.room("!others:test", size=5)
    _, said = await stage.event(
        FATIMA, dm, "m.room.tombstone", {"body": "weg", "replacement_room": theirs}, state_key=""
    )
    assert not said
    assert (await stage.ticket()).room_id == dm
