from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from typing_extensions import override

from helpdesk_bot.demo.synapse import Account, Synapse
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.new_room import room_body
from helpdesk_bot.matrix.provision import Provisioner, WantedRoom
from helpdesk_bot.matrix.room_check import ABOVE_ALL, RoomFacts, emptiness, troubles
from tests.conftest import NewAccount


class Quiet:
    def __init__(self) -> None:
        self.waited: list[float] = []
        self.asked: list[dict[str, str]] = []
        self.answer = False

    def said(self, text: str) -> None:
        pass

    def waits(self, seconds: float) -> None:
        self.waited.append(seconds)

    def may_take(self, alias: str, others: Mapping[str, str]) -> bool:
        self.asked.append(dict(others))
        return self.answer


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def speaking_as(synapse: Synapse, account: Account, http: aiohttp.ClientSession) -> Homeserver:
    return Homeserver(synapse.url, account.token, session=http)


def wanted(account: Account, kind: RoomKind, name: str, known: str | None = None) -> WantedRoom:
    server = account.user_id.partition(":")[2]
    return WantedRoom(
        kind, name, f"#{name}-{account.localpart}:{server}", name.title(), f"About {name}", known
    )


@pytest.mark.parametrize("version", ["11", "12"])
async def test_rooms_are_made_right_and_once(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession, version: str
) -> None:
    bot, boss = await new_account("helpdesk"), await new_account("boss")
    homeserver = speaking_as(synapse, bot, http)
    provisioner = Provisioner(_InVersion(homeserver, version), bot.user_id, Quiet())
    space = await provisioner.settle(wanted(bot, RoomKind.SPACE, "helpdesk"))
    assert space.made
    assert space.room_id
    for kind in (RoomKind.HELP, RoomKind.TEAM, RoomKind.COORDINATION):
        room = await provisioner.settle(wanted(bot, kind, kind), space.room_id)
        assert room.room_id
        assert room.made
        assert not room.troubles
        await provisioner.link(space.room_id, [room.room_id])
        assert not await provisioner.invite(room.room_id, kind, [boss.user_id])
        facts = await provisioner.facts(room.room_id)
        assert facts.version == version
        assert facts.power(bot.user_id) == (ABOVE_ALL if version == "12" else 100)
        assert facts.power(boss.user_id) == 100
        assert facts.members[boss.user_id] == "invite"
        assert facts.encrypted == (kind is not RoomKind.HELP)
        assert facts.join_rule == ("public" if kind is RoomKind.HELP else "invite")
        assert facts.needed("m.room.join_rules", state=True) == 100

        again = await provisioner.settle(wanted(bot, kind, kind), space.room_id)
        assert (again.room_id, again.made, again.troubles) == (room.room_id, False, [])
        await provisioner.link(space.room_id, [room.room_id])
        assert not await provisioner.invite(room.room_id, kind, [boss.user_id])
        assert room.room_id in (await provisioner.facts(space.room_id)).children


async def test_a_room_that_is_there_is_adopted_when_somebody_says_so(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession
) -> None:
    """Even where the bot is moderator, or more: who made the room still rules it."""
    bot, boss = await new_account("helpdesk"), await new_account("boss")
    helper, friend = await new_account("helper"), await new_account("friend")
    theirs = speaking_as(synapse, boss, http)
    room = wanted(bot, RoomKind.TEAM, "team")
    body = room_body(room.kind, room.alias, room.name, room.topic, None, boss.user_id)
    room_id = await theirs.create_room(**body, room_version="11", invite=[bot.user_id, friend.user_id])
    screen = Quiet()
    provisioner = Provisioner(speaking_as(synapse, bot, http), bot.user_id, screen)
    named = await provisioner.settle(wanted(bot, RoomKind.TEAM, "team", known=room_id))
    assert named.room_id == room_id
    assert [trouble.level for trouble in named.troubles] == ["warning"], "it may write, and do no more"

    levels = await theirs.state(room_id, "m.room.power_levels")
    for power in (50, 100):
        levels["users"][bot.user_id] = power
        await theirs.put_state(room_id, "m.room.power_levels", levels)
        refused = await provisioner.settle(room)
        assert refused.room_id is None
        assert f"--adopt '{room.alias}'" in refused.troubles[0].remedy
    assert screen.asked[-1] == {boss.user_id: "has power 100", friend.user_id: "is invited"}

    screen.answer = True
    adopted = await provisioner.settle(room)
    assert (adopted.room_id, adopted.made, adopted.troubles) == (room_id, False, [])
    screen.asked.clear()
    known = Provisioner(
        speaking_as(synapse, bot, http), bot.user_id, screen, trusted=[boss.user_id, friend.user_id]
    )
    assert (await known.settle(room)).room_id == room_id
    assert not screen.asked
    await theirs.put_state(room_id, "m.room.member", {"membership": "leave"}, friend.user_id)
    levels["users"] = {bot.user_id: 100, boss.user_id: 0}
    await theirs.put_state(room_id, "m.room.power_levels", levels)
    await provisioner.settle(room)
    assert screen.asked == [{boss.user_id: "is in it"}], "who gave up the power is still a helper there"

    levels["users"] = {bot.user_id: 50}
    await speaking_as(synapse, bot, http).put_state(room_id, "m.room.power_levels", levels)
    await provisioner.invite(room_id, RoomKind.TEAM, [helper.user_id])
    facts = await provisioner.facts(room_id)
    assert facts.power(helper.user_id) in (0, 50), "no more than the bot has"
    assert facts.members[helper.user_id] == "invite"


async def test_a_stranger_took_the_name(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession
) -> None:
    """In a room of version 12 whoever made it can't be seen among the powers, and stands above them all."""
    bot, stranger = await new_account("helpdesk"), await new_account("stranger")
    room = wanted(bot, RoomKind.COORDINATION, "coordination")
    body = room_body(room.kind, room.alias, room.name, room.topic, None, stranger.user_id)
    body["power_level_content_override"]["users"] = {bot.user_id: 100}
    await speaking_as(synapse, stranger, http).create_room(**body, room_version="12", invite=[bot.user_id])
    screen = Quiet()
    settled = await Provisioner(speaking_as(synapse, bot, http), bot.user_id, screen).settle(room)
    assert settled.room_id is None
    assert screen.asked == [{stranger.user_id: "made it"}]


@pytest.mark.parametrize("version", ["11", "12"])
async def test_a_stranger_calls_the_bot_a_creator_too(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession, version: str
) -> None:
    bot, stranger = await new_account("helpdesk"), await new_account("stranger")
    room = wanted(bot, RoomKind.TEAM, "team")
    body = room_body(room.kind, room.alias, room.name, room.topic, None, stranger.user_id)
    body["creation_content"] = {"additional_creators": [bot.user_id]}
    if version == "11":
        body["power_level_content_override"]["users"] = {bot.user_id: 100, stranger.user_id: 100}
    await speaking_as(synapse, stranger, http).create_room(**body, room_version=version, invite=[bot.user_id])
    screen = Quiet()
    settled = await Provisioner(speaking_as(synapse, bot, http), bot.user_id, screen).settle(room)
    assert settled.room_id is None
    assert screen.asked == [{stranger.user_id: "made it" if version == "12" else "has power 100"}]


@pytest.mark.parametrize("honest", [True, False])
async def test_an_upgraded_room_is_followed_to_its_successor(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession, honest: bool
) -> None:
    bot, boss = await new_account("helpdesk"), await new_account("boss")
    ours, theirs = speaking_as(synapse, bot, http), speaking_as(synapse, boss, http)
    provisioner = Provisioner(ours, bot.user_id, Quiet())
    room = wanted(bot, RoomKind.TEAM, "team")
    old = (await provisioner.settle(room)).room_id
    assert old
    creation = {"predecessor": {"room_id": old if honest else "!other:x"}}
    new = await theirs.create_room(
        preset="private_chat", creation_content=creation, invite=[bot.user_id], room_version="11"
    )
    await ours.put_state(old, "m.room.tombstone", {"body": "", "replacement_room": new})
    settled = await provisioner.settle(wanted(bot, RoomKind.TEAM, "team", known=old))
    assert settled.room_id == (new if honest else old)
    assert any("upgraded" in trouble.what for trouble in settled.troubles) is not honest


async def test_a_room_it_cannot_enter(
    synapse: Synapse, new_account: NewAccount, http: aiohttp.ClientSession
) -> None:
    bot, boss = await new_account("helpdesk"), await new_account("boss")
    room = wanted(bot, RoomKind.TEAM, "team")
    body = room_body(room.kind, room.alias, room.name, room.topic, None, boss.user_id)
    await speaking_as(synapse, boss, http).create_room(**body)
    provisioner = Provisioner(speaking_as(synapse, bot, http), bot.user_id, Quiet())
    settled = await provisioner.settle(room)
    assert settled.room_id is None
    assert bot.user_id in settled.troubles[0].remedy
    elsewhere = await provisioner.settle(wanted(bot, RoomKind.HELP, "x", known="#nowhere:elsewhere.invalid"))
    assert elsewhere.room_id is None


async def test_haste_is_waited_out(http: aiohttp.ClientSession) -> None:
    refusals = [MatrixError(429, "M_LIMIT_EXCEEDED", "", 61.5), MatrixError(429, "M_LIMIT_EXCEEDED", "")]
    slept: list[float] = []

    async def call() -> str:
        if refusals:
            raise refusals.pop(0)
        return "done"

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 1))

    progress = Quiet()
    provisioner = Provisioner(Homeserver("http://x", None, session=http), "@bot:x", progress, sleep=sleep)
    assert await provisioner.patiently(call) == "done"
    assert slept == [61.6, 10.1]
    assert progress.waited == [61.5, 10.0]


class TestWhatARoomIs:
    BOT = "@bot:x"

    def facts(self, **changes: object) -> RoomFacts:
        content: dict[str, dict[str, object]] = {
            "m.room.create": {"room_version": "11"},
            "m.room.join_rules": {"join_rule": "invite"},
            "m.room.history_visibility": {"history_visibility": "shared"},
            "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
            "m.room.power_levels": {"users": {self.BOT: 100}, "invite": 50},
        }
        for name, value in changes.items():
            content[f"m.room.{name}"] = value  # type: ignore[assignment]
        events = [
            {"type": type_, "state_key": "", "sender": "@maker:x", "content": inside}
            for type_, inside in content.items()
            if inside is not None
        ]
        people = {self.BOT: "join", "@helper:x": "join"}
        events += [
            {"type": "m.room.member", "state_key": who, "sender": who, "content": {"membership": what}}
            for who, what in people.items()
        ]
        return RoomFacts.of(events)

    def test_a_right_one(self) -> None:
        assert not troubles(self.facts(), RoomKind.TEAM, self.BOT)
        assert not emptiness(self.facts(), RoomKind.TEAM, self.BOT)

    @pytest.mark.parametrize(
        ("name", "content", "level", "said"),
        [
            ("join_rules", {"join_rule": "public"}, "error", "anybody can come in"),
            ("join_rules", {"join_rule": "restricted"}, "error", "anybody can come in"),
            ("join_rules", {"join_rule": "knock_restricted"}, "error", "anybody can come in"),
            ("history_visibility", {"history_visibility": "world_readable"}, "error", "read along"),
            ("guest_access", {"guest_access": "can_join"}, "error", "guests"),
            ("encryption", None, "warning", "not encrypted"),
            ("power_levels", {"users": {BOT: 100}, "invite": 0}, "warning", "every member can invite"),
            (
                "power_levels",
                {"users": {BOT: 20}, "events_default": 50, "invite": 50},
                "error",
                "needs 50 to write",
            ),
            ("power_levels", {"users": {BOT: 20}, "invite": 50}, "warning", "has power 20"),
            ("tombstone", {"replacement_room": "!new:x"}, "error", "goes on in !new:x"),
            ("create", {"room_version": "11", "type": "m.space"}, "error", "a space"),
        ],
    )
    def test_a_wrong_one(self, name: str, content: object, level: str, said: str) -> None:
        (found,) = troubles(self.facts(**{name: content}), RoomKind.TEAM, self.BOT)
        assert found.level == level
        assert said in found.what
        assert found.remedy

    def test_powers_of_makers(self) -> None:
        old = self.facts(power_levels={"users": {}})
        new = self.facts(
            power_levels={"users": {}},
            create={"room_version": "12", "additional_creators": ["@second:x"]},
        )
        bare = self.facts(power_levels=None)
        assert old.power("@maker:x") == 0
        assert new.power("@maker:x") == new.power("@second:x") == ABOVE_ALL
        assert bare.power("@maker:x") == 100
        assert bare.needed("m.room.name", state=True) == 0

    def test_rubbish_is_no_power(self) -> None:
        facts = self.facts(
            power_levels={"users": {self.BOT: "x", "@y:x": "50"}, "users_default": None, "events": 3}
        )
        assert facts.power(self.BOT) == 0
        assert facts.power("@y:x") == 50
        assert facts.needed("m.room.message") == 0


class _InVersion(Homeserver):
    """Makes rooms of a version that need not be the server's default."""

    def __init__(self, real: Homeserver, version: str) -> None:
        super().__init__(real.base_url, real._token, session=real._session)
        self._version = version

    @override
    async def create_room(self, **body: Any) -> str:
        return await super().create_room(**body, room_version=self._version)
