"""The client-server API against a server that misbehaves, and against a real one."""

import asyncio
import traceback

import aiohttp
import pytest
from aiohttp import web

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import http
from helpdesk_bot.matrix.http import Homeserver, MatrixError, Unreachable
from tests.conftest import NewAccount
from tests.matrix.faulty import TOKEN, Answer, cut_off, endless, faulty, hang_up, plain, silent


@pytest.mark.parametrize(
    ("answer", "status", "errcode", "temporary"),
    [
        (plain(200), 200, "BAD_ANSWER", True),
        (plain(200, "[]"), 200, "BAD_ANSWER", True),
        (plain(200, "null"), 200, "BAD_ANSWER", True),
        (plain(200, '{"next_batch":'), 200, "BAD_ANSWER", True),
        (plain(200, b"\xff\xfe"), 200, "BAD_ANSWER", True),
        (plain(200, "[" * 100_000), 200, "BAD_ANSWER", True),
        (plain(302, "", {"Location": "http://elsewhere.invalid/"}), 302, "BAD_ANSWER", True),
        (plain(400, '{"errcode": 5, "error": []}'), 400, "BAD_ANSWER", True),
        (plain(401, '{"errcode": "M_UNKNOWN_TOKEN", "error": "no"}'), 401, "M_UNKNOWN_TOKEN", False),
        (plain(403, '{"errcode": "M_FORBIDDEN"}'), 403, "M_FORBIDDEN", False),
        (plain(404, "<html>not here</html>"), 404, "BAD_ANSWER", True),
        (plain(429, '{"errcode": "M_LIMIT_EXCEEDED"}'), 429, "M_LIMIT_EXCEEDED", True),
        (plain(500, '{"errcode": "M_UNKNOWN"}'), 500, "M_UNKNOWN", True),
        (plain(502, "<html>bad gateway</html>"), 502, "BAD_ANSWER", True),
        (plain(504), 504, "BAD_ANSWER", True),
        (cut_off, 0, "UNREACHABLE", True),
        (hang_up, 0, "UNREACHABLE", True),
    ],
)
async def test_every_bad_answer_is_one_error_after_one_request(
    answer: Answer, status: int, errcode: str, temporary: bool
) -> None:
    async with faulty(answer) as (server, homeserver):
        with pytest.raises(MatrixError) as caught:
            await homeserver.keys_upload({})
    assert (caught.value.status, caught.value.errcode, caught.value.temporary) == (status, errcode, temporary)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ('{"retry_after_ms": 1500}', None, 1.5),
        ("{}", "7", 7.0),
        ('{"retry_after_ms": 0}', "7", 0.0),
        ('{"retry_after_ms": "soon"}', "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ('{"retry_after_ms": -5}', None, None),
        ('{"retry_after_ms": Infinity}', None, None),
        ("", None, None),
    ],
)
async def test_says_how_long_to_wait(body: str, header: str | None, seconds: float | None) -> None:
    answer = plain(429, body, {"Retry-After": header} if header else None)
    async with faulty(answer) as (_, homeserver):
        with pytest.raises(MatrixError) as caught:
            await homeserver.whoami()
    assert caught.value.retry_after == seconds


async def test_a_server_that_says_nothing_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SYNC_MARGIN_SECONDS", 0.2)
    async with faulty(silent) as (_, homeserver):
        with pytest.raises(Unreachable):
            async with asyncio.timeout(5):
                await homeserver.sync("s1", timeout_ms=100)


async def test_an_endless_answer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SYNC_BYTES", 1_000_000)
    async with faulty(endless) as (_, homeserver):
        with pytest.raises(MatrixError) as caught:
            await homeserver.sync("s1")
    assert caught.value.errcode == "TOO_LARGE"


async def test_nobody_at_the_address() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Unreachable):
            await Homeserver("http://127.0.0.1:9", TOKEN, session=session).whoami()
        with pytest.raises(Unreachable):
            await Homeserver("http://nowhere.invalid", TOKEN, session=session).whoami()


@pytest.mark.parametrize(
    "answer", [plain(401, '{"error": "@noor:example.org is not here"}'), cut_off, plain(200)]
)
async def test_neither_token_nor_names_are_in_what_could_be_logged(answer: Answer) -> None:
    async with faulty(answer) as (server, homeserver):
        with pytest.raises(MatrixError) as caught:
            await homeserver.profile("@noor:example.org")
    shown = repr(caught.value) + str(caught.value) + repr(homeserver)
    for frame in traceback.TracebackException.from_exception(caught.value, capture_locals=False).format():
        shown += frame.replace('homeserver.profile("@noor:example.org")', "")
    assert caught.value.__context__ is None
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in shown
    assert "@noor" not in shown


async def test_odd_names_are_quoted() -> None:
    async with faulty(plain(200, '{"event_id": "$1"}')) as (server, homeserver):
        await homeserver.send_event("!a/b?:x.org", "m.room.message", "t/1", {"body": "é\ud83d"})
        await homeserver.state("!r:x.org", "org.example.a b", "@noor:x.org")
        with pytest.raises(MatrixError):
            await homeserver.join("#hulp & zo:x.org", via=["a.org", "b.org"])
    sent, state, join = (request.raw_path for request in server.asked)
    assert sent == "/_matrix/client/v3/rooms/%21a%2Fb%3F%3Ax.org/send/m.room.message/t%2F1"
    assert state == "/_matrix/client/v3/rooms/%21r%3Ax.org/state/org.example.a%20b/%40noor%3Ax.org"
    names = "via=a.org&via=b.org&server_name=a.org&server_name=b.org"
    assert join == f"/_matrix/client/v3/join/%23hulp%20%26%20zo%3Ax.org?{names}"


async def test_redirects_do_not_take_the_token_along() -> None:
    async with faulty(plain(200, '{"user_id": "@thief:x.org"}')) as (thief, _):

        async def elsewhere(_: web.Request) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": thief.url})

        async with faulty(elsewhere) as (_, homeserver):
            with pytest.raises(MatrixError):
                await homeserver.whoami()
        assert thief.asked == []


async def test_the_real_thing(synapse: Synapse, new_account: NewAccount) -> None:
    account = await new_account("hulp")
    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(synapse.url, None, session=session)
        assert (await homeserver.versions())["versions"]
        login = await homeserver.login_password(account.localpart, "secret", display_name="Test")
        homeserver = homeserver.signed_in(login["access_token"])
        user_id = account.user_id
        assert (await homeserver.whoami())["user_id"] == user_id
        await homeserver.set_displayname(user_id, "Hulp é")
        assert (await homeserver.profile(user_id))["displayname"] == "Hulp é"
        await homeserver.put_account_data(user_id, "org.example.x", {"a": 1})
        assert await homeserver.account_data(user_id, "org.example.x") == {"a": 1}
        room = await homeserver.create_room(
            room_alias_name=f"kamer-{account.localpart}", preset="public_chat"
        )
        alias = f"#kamer-{account.localpart}:{synapse.server_name}"
        assert await homeserver.resolve_alias(alias) == room
        assert await homeserver.join(alias) == room
        assert await homeserver.joined_rooms() == [room]
        event = await homeserver.send_event(room, "m.room.message", "1", {"msgtype": "m.text", "body": "hoi"})
        assert await homeserver.send_event(room, "m.room.message", "1", {"body": "anders"}) == event
        assert (await homeserver.event(room, event))["content"]["body"] == "hoi"
        await homeserver.put_state(room, "m.room.topic", {"topic": "t"})
        assert (await homeserver.state(room, "m.room.topic"))["topic"] == "t"
        assert {state["type"] for state in await homeserver.full_state(room)} >= {
            "m.room.topic",
            "m.room.member",
        }
        other = await new_account("noor")
        await homeserver.invite(room, other.user_id)
        members = {
            member["state_key"]: member["content"]["membership"] for member in await homeserver.members(room)
        }
        assert members == {user_id: "join", other.user_id: "invite"}
        sync = await homeserver.sync(timeout_ms=0, filter={"room": {"timeline": {"limit": 2}}})
        timeline = sync["rooms"]["join"][room]["timeline"]
        assert timeline["limited"]
        older = await homeserver.messages(room, timeline["prev_batch"], limit=5)
        assert len(older["chunk"]) == 5
        assert await homeserver.redact(room, event, "2", "weg")
        await homeserver.leave(room)
        with pytest.raises(MatrixError) as caught:
            await homeserver.override_ratelimit(user_id)  # not an administrator
        assert caught.value.status == 403
        await homeserver.logout()
        with pytest.raises(MatrixError) as caught:
            await homeserver.whoami()
        assert caught.value.signed_out
