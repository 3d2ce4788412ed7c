"""Who is a peer: people on both sides say so, and what anybody else sends changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage.models import Peer, Room
from tests.conversation.conftest import CITY, COORDINATION, ELS, SANNE, TEAM
from tests.conversation.federation.pair import NUMBER, ROOM, Pair
from tests.conversation.federation.test_lending import asked, lent, offered
from tests.conversation.stage import Stage, to

STRANGER = "@hulp:wesst"


async def invites(stage: Stage, user: str, room: str) -> list[Any]:
    content = {"is_direct": False, "room_name": "Hoi", "room_type": EVENT_TYPE}
    return (await stage.event(user, room, "helpdesk.invite", content))[1]


async def test_a_stranger_is_shown_and_no_more(stage: Stage) -> None:
    said = await invites(stage, STRANGER, "!vreemd:wesst")
    assert [s.kind for s in said] == ["send"], "the room is not entered"
    [words] = to(COORDINATION, said)
    assert STRANGER in words


async def test_strangers_are_shown_a_few_at_a_time(stage: Stage) -> None:
    shown = []
    for at in range(12):
        shown += to(COORDINATION, await invites(stage, f"@hulp:vreemd{at}", f"!kamer{at}:test"))
    assert len(shown) == 5


async def test_adding_needs_both_sides_and_a_number(stage: Stage) -> None:
    said = await stage.says(ELS, COORDINATION, "!federatie toevoegen @hulp:west")
    assert [s.room for s in said if s.kind == "peer"] == ["peer:@hulp:west"]
    said = await stage.says(ELS, COORDINATION, "!federatie klopt @hulp:west")
    assert "nog geen nummer" in to(COORDINATION, said)[0]
    async with stage.db.transaction() as session:
        await session.execute(update(Peer).values(number=NUMBER))
    assert NUMBER in to(COORDINATION, await stage.says(ELS, COORDINATION, "!federatie"))[0]
    said = await stage.says(ELS, COORDINATION, "!federatie klopt @hulp:west")
    async with stage.db.reading() as session:
        peer = await session.get_one(Peer, "@hulp:west")
    assert (peer.trust, peer.compared, peer.trusts) == (Trust.TRUSTED, NUMBER, False)


@pytest.mark.parametrize("look_alike", ["@hulp:wеst", "@hulp:west.exampleе", "@hulp:west.еxample"])
async def test_an_address_is_read_to_its_end(stage: Stage, look_alike: str) -> None:
    """The 'е' is a letter of Cyrillic: what stands before it is the address of somebody else."""
    said = await stage.says(ELS, COORDINATION, f"!federatie toevoegen {look_alike}")
    async with stage.db.reading() as session:
        assert not (await session.scalars(select(Peer))).all()
    assert "adres" in to(COORDINATION, said)[0]


async def test_the_end_of_a_sentence_is_no_part_of_an_address(stage: Stage) -> None:
    await stage.says(ELS, COORDINATION, "!federatie toevoegen @hulp:west.example.")
    async with stage.db.reading() as session:
        assert await session.get(Peer, "@hulp:west.example") is not None


@pytest.mark.parametrize("who", [SANNE, "@niemand:test"])
async def test_only_coordinators(stage: Stage, who: str) -> None:
    room = TEAM if who == SANNE else await stage.direct(who)
    await stage.says(who, room, "!federatie toevoegen @hulp:west")
    async with stage.db.reading() as session:
        assert await session.get(Peer, "@hulp:west") is None


async def test_a_look_alike_is_nobody(pair: Pair) -> None:
    await offered(pair)
    [(event, content)] = [said for said in pair.noord.said if said[1]["type"] == "offer"]
    said = await pair.hears(pair.west, f"{event}-again", content | {"lend": "f" * 32}, sender="@hu1p:noord")
    assert said == []
    assert len(await pair.west.lends()) == 1


async def test_what_is_not_encrypted_is_not_heard(pair: Pair) -> None:
    await offered(pair)
    [(_, content)] = [said for said in pair.noord.said if said[1]["type"] == "offer"]
    said = await pair.hears(pair.west, "$plain", content | {"lend": "e" * 32}, encrypted=False)
    assert len(await pair.west.lends()) == 1
    assert "zonder versleuteling" in to(COORDINATION, said)[0]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"protocol": 1, "type": "offer"},
        {"protocol": 99, "type": "offer"},
        {"protocol": 1, "type": "accept", "lend": "a" * 32, "version": -1},
        {"protocol": 1, "type": "message", "lend": ["x"], "n": 10**30},
        {"protocol": 1, "type": "nonsense", "deep": [[[[]]]]},
        {"protocol": True, "type": "hello", "versions": "1"},
        {"protocol": 1, "type": "sync", "lends": [{"lend": "a" * 32, "side": "origin", "state": "x" * 16}]},
    ],
)
async def test_nonsense_changes_nothing_and_is_shown(pair: Pair, content: dict[str, Any]) -> None:
    await lent(pair)
    before = [(lend.ref, lend.state, lend.version) for lend in await pair.west.lends()]
    said = await pair.hears(pair.west, "$nonsense", content)
    assert [(lend.ref, lend.state, lend.version) for lend in await pair.west.lends()] == before
    assert "`!federatie blokkeren @hulp:noord`".replace("`", "") in to(COORDINATION, said)[0].replace("`", "")
    assert not await pair.west.stage.failed()


async def test_claims_on_the_questions_of_others(pair: Pair) -> None:
    """A peer that is trusted speaks of what is lent to another."""
    await lent(pair)
    [lend] = await pair.west.lends()
    async with pair.west.stage.db.transaction() as session:
        session.add(
            Peer(
                user_id="@hulp:oost",
                trust=Trust.TRUSTED,
                room_id="!oost:test",
                trusts=True,
                created_at=pair.west.stage.now,
            )
        )
        session.add(
            Room(room_id="!oost:test", membership="join", encrypted=True, member_count=2, members_known=True)
        )
        await session.flush()
        await session.execute(update(Peer).where(Peer.user_id == "@hulp:oost").values(room_id=ROOM))
    for content in (
        {"protocol": 1, "type": "withdraw", "lend": lend.ref, "version": 99, "reason": "taken"},
        {"protocol": 1, "type": "message", "lend": lend.ref, "n": 1, "id": "a" * 32, "text": "Vals",
         "said_at": "2026-11-23T09:00:00Z"},
        {"protocol": 1, "type": "sync", "answer": False, "lends": [
            {"lend": lend.ref, "side": "origin", "state": "withdrawn", "version": 99, "seen": 99, "said": 0, "heard": 0}]},
    ):  # fmt: skip
        await pair.hears(pair.west, f"$forged-{content['type']}", content, sender="@hulp:oost")
    [after] = await pair.west.lends()
    assert (after.state, after.version, after.seen, after.heard) == (
        lend.state,
        lend.version,
        lend.seen,
        lend.heard,
    )
    assert "Vals" not in str([message.text for message in await pair.west.messages()])


async def test_a_flood_is_cut_off(pair: Pair) -> None:
    told = []
    for at in range(400):
        content = {"protocol": 1, "type": "offer", "lend": f"{at:032x}", "version": 1, "language": "nl",
                   "asked_at": "2026-11-23T09:00:00Z", "expires_at": "2026-11-24T09:00:00Z"}  # fmt: skip
        told += to(COORDINATION, await pair.hears(pair.west, f"$flood{at}", content))
    assert len(await pair.west.lends()) == 10
    assert sum("blokkeren" in words for words in told) == 1


async def test_blocking_takes_one_command(pair: Pair) -> None:
    await lent(pair)
    said = await pair.west.stage.says(ELS, COORDINATION, "!federatie blokkeer @hulp:noord")
    assert "geblokkeerd" in to(COORDINATION, said)[0]
    assert (await pair.west.stage.ticket()).status == Status.CLOSED
    assert await pair.hears(pair.west, "$later", pair.noord.said[-1][1]) == []


async def test_nobody_can_take_the_versions_that_come_next(pair: Pair) -> None:
    """Else a trusted peer could neither be told anything more, nor be blocked."""
    await lent(pair)
    [lend] = await pair.noord.lends()
    line = {"lend": lend.ref, "side": "helper", "state": "working", "version": lend.seen}
    line |= {"seen": 999_999_999, "said": 0, "heard": lend.said}
    content = {"protocol": 1, "type": "sync", "answer": False, "lends": [line]}
    await pair.hears(pair.noord, "$evil", content)
    assert (await pair.noord.lends())[0].version == lend.version
    await pair.noord.stage.says(ELS, COORDINATION, "!federatie blokkeren @hulp:west")
    assert (await pair.noord.peer()).trust == Trust.BLOCKED


async def test_removing_brings_what_is_open_back(pair: Pair) -> None:
    await lent(pair)
    said = await pair.noord.stage.says(ELS, COORDINATION, "!federatie weg @hulp:west")
    assert "1 open vraag" in to(COORDINATION, said)[0]
    await pair.carry()
    assert (await pair.noord.stage.ticket()).status == Status.NEW
    assert (await pair.west.stage.ticket()).status == Status.CLOSED
    assert not (await pair.west.peer()).trusts


async def test_what_people_say_in_their_room_is_no_question(pair: Pair) -> None:
    await pair.west.stage.says(pair.noord.bot, ROOM, "Ik heb een vraag")
    async with pair.west.stage.db.reading() as session:
        assert (await session.get(Peer, pair.noord.bot)) is not None
    assert not await pair.west.lends()
    assert to(CITY, pair.west.stage.sent) == []


async def test_nothing_is_said_where_somebody_else_listens(pair: Pair) -> None:
    """A third one is in the room of the two."""
    async with pair.noord.stage.db.transaction() as session:
        await session.execute(update(Room).where(Room.room_id == ROOM).values(member_count=3))
    await offered(pair)
    assert pair.noord.said[-1][1]["type"] != "offer"
    assert await pair.west.lends() == []
    async with pair.noord.stage.db.transaction() as session:
        await session.execute(update(Room).where(Room.room_id == ROOM).values(member_count=2))
    await pair.passes(timedelta(hours=2))
    assert len(await pair.west.lends()) == 1, "it is said once they are alone again"


async def test_without_a_version_in_common_nothing_is_lent(pair: Pair) -> None:
    [hello] = [content for _, content in pair.west.said if content["type"] == "hello"][-1:]
    told = []
    for at in range(2):
        said = await pair.hears(pair.noord, f"$newer{at}", hello | {"versions": [2, 3]})
        told += to(COORDINATION, said)
    assert len(told) == 1, "it is told once"
    stage = pair.noord.stage
    dm = await asked(pair)
    said = await stage.says(SANNE, TEAM, "!leen 1")
    assert to(dm, said) == []
    await pair.job()
    assert {content["type"] for _, content in pair.noord.collect()} <= {"hello"}
    await pair.hears(pair.noord, "$again", hello | {"versions": [1, 2, 3]})
    assert to(dm, await stage.says(SANNE, TEAM, "!leen 1"))


async def test_nothing_but_hello_until_they_trust_us_too(pair: Pair) -> None:
    for side in pair.sides:
        async with side.stage.db.transaction() as session:
            await session.execute(update(Peer).values(trust=Trust.ADDED, trusts=False))
        side.said.clear()
    said = await pair.noord.stage.says(ELS, COORDINATION, f"!federatie klopt {pair.west.bot}")
    for because in (await pair.carry()).values():
        said += because
    assert {content["type"] for side in pair.sides for _, content in side.said} == {"hello"}
    said += await pair.west.stage.says(ELS, COORDINATION, f"!federatie klopt {pair.noord.bot}")
    for because in (await pair.carry()).values():
        said += because
    assert {content["type"] for side in pair.sides for _, content in side.said} == {"hello", "sync"}
    assert len(to(COORDINATION, said)) == 2, "nobody has a problem"


async def test_a_name_that_two_helpdesks_have_is_asked_about(pair: Pair) -> None:
    """What is lent can't be unread: 'West' is not taken for Nieuw-West."""
    stage = pair.noord.stage
    async with stage.db.transaction() as session:
        known = await session.get_one(Peer, pair.west.bot)
        known.name = "Helpdesk West"
        session.add(
            Peer(
                user_id="@hulp:nieuw",
                name="Helpdesk Nieuw-West",
                trust=Trust.TRUSTED,
                created_at=stage.now,
            )
        )
    dm = await asked(pair)
    [said] = to(TEAM, await stage.says(SANNE, TEAM, "!leen 1 west"))
    assert "Welke helpdesk bedoel je?" in said
    assert pair.west.bot in said
    assert "@hulp:nieuw" in said
    assert to(dm, await stage.says(SANNE, TEAM, "!leen 1 helpdesk west")), "whoever asked is asked first"
