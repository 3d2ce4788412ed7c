"""Calls that leave Matrix, to a real server: when channels work, fail, are slow, and when the process dies in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select

from helpdesk_bot.alarm import channel
from helpdesk_bot.alarm.channel import NOT_UNDERSTOOD, deliver, not_understood
from helpdesk_bot.alarm.sending import TRIES, WAIT, Alarms
from helpdesk_bot.cli.checks.alarm import check_alarm
from helpdesk_bot.config import Channel, Channels
from helpdesk_bot.storage.models import Alarm, AlarmLink
from helpdesk_bot.web.alarm_page import alarm_routes
from helpdesk_bot.web.application import serving
from tests.conversation.conftest import COORDINATION, FATIMA, JORIS, SANNE
from tests.conversation.duty import chat, with_duty
from tests.conversation.stage import Said, Stage, to

PUBLIC = "https://helpdesk.example.org"
MINUTE = timedelta(minutes=1)


@dataclass
class Endpoint:
    """What a service outside has heard. `breaks`: paths that answer with an error."""

    port: int = 0
    heard: list[tuple[str, str, str]] = field(default_factory=list)  # path, title, words
    breaks: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        if request.path in self.breaks:
            return web.Response(status=500)
        body = await request.json()
        self.heard.append((request.path, body["title"], body["message"]))
        return web.Response()

    def address(self, path: str) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"

    def to(self, path: str) -> list[str]:
        return [words for where, _, words in self.heard if where.strip("/") == path]


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = web.Application()
    app.add_routes([web.post("/{tail:.*}", found.take)])
    async with serving(app, "127.0.0.1", 0) as found.port:
        yield found


@pytest.fixture
async def dead_port() -> int:
    """Where nobody listens."""
    async with serving(web.Application(), "127.0.0.1", 0) as port:
        return port


def reach(stage: Stage, public_url: str | None = PUBLIC, /, **addresses: list[str]) -> None:
    """From now on people are called by these addresses; `coordinators` are all coordinators together."""
    config = stage.setting.config
    config = config.model_copy(update={"web": config.web.model_copy(update={"public_url": public_url})})
    of = {
        who if who == "coordinators" else f"@{who}:test": tuple(
            Channel(SecretStr(address), ("channels.yaml", line)) for line, address in enumerate(urls, start=1)
        )
        for who, urls in addresses.items()
    }
    config._channels = Channels(of)
    stage.configure(config)


async def leave(stage: Stage, how: Any = deliver) -> list[Said]:
    """Sends what is due outside, and then what Matrix has to say of it."""
    alarms = Alarms(stage.db, stage.setting, lambda: stage.now, lambda: None, how)
    async with asyncio.TaskGroup() as group:
        await alarms.begin(group)
    return await stage.settle()


async def to_the_last_try(stage: Stage) -> list[Said]:
    said = await leave(stage)
    for wait in WAIT:
        stage.now += wait
        said += await leave(stage)
    return said


async def rows(stage: Stage) -> list[tuple[str, str, str]]:
    async with stage.db.reading() as session:
        found = await session.scalars(select(Alarm).order_by(Alarm.id))
        return [(row.who, row.kind, row.state) for row in found]


@pytest.fixture
async def duty(stage: Stage, dm: str) -> Stage:
    await with_duty(stage)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    return stage


async def test_a_call_holds_nothing_of_what_was_asked(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek onze mail is gehackt, wachtwoord was Geheim123")
    await leave(duty)
    [(_, title, words)] = endpoint.heard
    assert title == "Helpdesk: noodgeval"
    assert "Vraag 1, Noord, account gehackt" in words
    assert f"{PUBLIC}/alarm/" in words
    for secret in ("Geheim123", "mail", "Fatima", "fatima"):
        assert secret not in title + words
    assert await rows(duty) == [(SANNE, "call", "sent")]
    await leave(duty)
    assert len(endpoint.heard) == 1


async def test_in_the_language_of_whoever_is_called(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    await duty.says(SANNE, chat(SANNE), "!language en")
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty)
    assert "Question 1, Noord, not known yet what" in endpoint.to("sanne")[0]


async def test_without_a_public_address_there_is_no_link(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    reach(duty, None, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty)
    assert "/alarm/" not in endpoint.to("sanne")[0]
    assert "Antwoord in Matrix" in endpoint.to("sanne")[0]


async def test_two_channels_fail_and_the_third_delivers(
    duty: Stage, dm: str, endpoint: Endpoint, dead_port: int
) -> None:
    endpoint.breaks = {"/broken"}
    refused = f"json://127.0.0.1:{dead_port}/"
    reach(duty, sanne=[refused, endpoint.address("broken"), endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    said = await to_the_last_try(duty)
    assert len(endpoint.to("sanne")) == 1
    assert sorted(await rows(duty)) == [
        (SANNE, "call", "failed"),
        (SANNE, "call", "failed"),
        (SANNE, "call", "sent"),
    ]
    assert not said  # she was reached
    assert not to(chat(JORIS), duty.sent)


@pytest.mark.both_databases
async def test_every_channel_fails(duty: Stage, dm: str, endpoint: Endpoint, dead_port: int) -> None:
    endpoint.breaks = {"/broken"}
    reach(duty, sanne=[f"json://127.0.0.1:{dead_port}/", endpoint.address("broken")])
    await duty.says(FATIMA, dm, "!paniek help")
    said = await to_the_last_try(duty)
    [alert] = to(COORDINATION, said)
    assert "Sanne buiten Matrix niet bereiken" in alert
    assert str(dead_port) not in alert
    assert "kwam niet aan" in to(dm, said)[0]
    assert "Ik bel nu Joris" in to(dm, said)[0]
    assert to(chat(JORIS), said)
    said = await duty.passes(5 * MINUTE)  # Joris has his own five minutes
    assert "Ik bel nu Kim" in to(dm, said)[0]
    await duty.says(SANNE, chat(SANNE), "ik kom")  # she read it in Matrix after all
    assert (await duty.ticket()).assignee == SANNE


async def test_a_channel_that_comes_back_is_tried_again(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    endpoint.breaks = {"/sanne"}
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty)
    await leave(duty)  # too soon
    endpoint.breaks = set()
    duty.now += WAIT[0]
    await leave(duty)
    assert len(endpoint.to("sanne")) == 1
    assert len(WAIT) + 1 == TRIES


async def test_a_slow_channel_holds_up_no_other(
    duty: Stage, dm: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers there, and the limit of time ends it."""
    silence = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await silence.wait()
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/{tail:.*}", hang)])
    monkeypatch.setattr(channel, "LONGEST", 0.5)
    async with serving(app, "127.0.0.1", 0) as port:
        reach(duty, sanne=[f"json://127.0.0.1:{port}/?rto=2", endpoint.address("sanne")])
        await duty.says(FATIMA, dm, "!paniek help")
        await leave(duty)
        assert len(endpoint.to("sanne")) == 1
        assert [state for _, _, state in await rows(duty)] == ["pending", "sent"]
        silence.set()


async def test_killed_after_it_left_it_leaves_once_more(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    class Killed(BaseException):
        pass

    async def die(address: SecretStr, title: str, body: str) -> str | None:
        await deliver(address, title, body)
        raise Killed

    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    with pytest.raises(BaseExceptionGroup):
        await leave(duty, die)
    assert [state for _, _, state in await rows(duty)] == ["pending"]
    await leave(duty)
    links = {words.partition("/alarm/")[2].split()[0] for words in endpoint.to("sanne")}
    assert len(endpoint.to("sanne")) == len(links) == 2  # a link is never told twice, and both work


async def test_whoever_need_not_come_hears_it_where_they_were_called(
    duty: Stage, dm: str, endpoint: Endpoint
) -> None:
    reach(duty, sanne=[endpoint.address("sanne")], joris=[endpoint.address("joris")])
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty)
    await duty.passes(5 * MINUTE)
    await leave(duty)
    await duty.says(JORIS, chat(JORIS), "ik kom")
    await leave(duty)
    assert "je hoeft niet meer te komen" in endpoint.to("sanne")[-1]
    assert len(endpoint.to("joris")) == 1


async def test_a_call_that_has_not_left_does_not_leave_when_somebody_comes(
    duty: Stage, dm: str, endpoint: Endpoint
) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
    await leave(duty)
    assert not endpoint.heard


async def test_one_that_leaves_at_that_moment_is_followed_by_the_end(
    duty: Stage, dm: str, endpoint: Endpoint
) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")

    async def meanwhile(address: SecretStr, title: str, body: str) -> str | None:
        await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
        return await deliver(address, title, body)

    await leave(duty, meanwhile)
    await leave(duty)
    assert len(endpoint.to("sanne")) == 2
    assert "je hoeft niet meer" in endpoint.to("sanne")[1]


async def test_coordinators_together_get_no_link(stage: Stage, asked: str, endpoint: Endpoint) -> None:
    """Nobody would know which of them it is that comes."""
    reach(stage, coordinators=[endpoint.address("all")], els=[endpoint.address("els")])
    await stage.says(FATIMA, asked, "!paniek help")
    await leave(stage)
    assert "/alarm/" not in endpoint.to("all")[0]
    assert "/alarm/" in endpoint.to("els")[0]


async def test_a_channel_that_was_taken_out_since(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    reach(duty)
    said = await leave(duty)
    assert "Sanne buiten Matrix niet bereiken" in to(COORDINATION, said)[0]


async def test_by_itself_as_soon_as_it_is_woken(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    sent = asyncio.Event()
    alarms = Alarms(duty.db, duty.setting, lambda: duty.now, sent.set)
    running = asyncio.create_task(alarms.run())
    await duty.says(FATIMA, dm, "!paniek help")
    alarms.wake()
    async with asyncio.timeout(30):
        await sent.wait()
    assert len(endpoint.to("sanne")) == 1
    assert alarms.counts == {"sent": 1}
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_is_no_address(endpoint: Endpoint) -> None:
    assert await deliver(SecretStr("gopher://geheim"), "t", "b") == NOT_UNDERSTOOD
    channels = Channels({SANNE: (Channel(SecretStr("gopher://geheim"), ("channels.yaml", 3)),)})
    [found] = not_understood(channels)
    assert found.place == "channels.yaml:3"
    assert "geheim" not in str(found)
    assert not not_understood(Channels({SANNE: (Channel(SecretStr(endpoint.address("x")), ("f", 1)),)}))


class TestCheck:
    """`helpdesk check`, and with `--alarm`."""

    async def test_a_test_message_by_each_channel(
        self, duty: Stage, endpoint: Endpoint, dead_port: int
    ) -> None:
        reach(
            duty,
            sanne=[endpoint.address("sanne"), f"json://u:geheim@127.0.0.1:{dead_port}/"],
            joris=[endpoint.address("joris")],
            kim=[endpoint.address("kim")],
            coordinators=[endpoint.address("all")],
        )
        config = duty.setting.config
        assert not [r for r in await check_alarm(config, send=False) if r.level != "warning"]
        assert not endpoint.heard
        found = await check_alarm(config, send=True)
        assert [(r.level, r.what) for r in found] == [
            ("warning", "@wim:test is on duty and is only reached in Matrix"),
            ("ok", "channel 1 of @sanne:test took a test message"),
            ("error", "channel 2 of @sanne:test failed: refused, or not reached"),
            ("ok", "channel 1 of @joris:test took a test message"),
            ("ok", "channel 1 of @kim:test took a test message"),
            ("ok", "channel 1 of coordinators took a test message"),
        ]
        assert "proef" in endpoint.to("sanne")[0]

    async def test_what_is_missing(self, duty: Stage, endpoint: Endpoint) -> None:
        reach(duty, None, sanne=["gopher://geheim"])
        found = await check_alarm(duty.setting.config, send=True)
        assert [r.level for r in found] == ["error", "warning", "warning", "warning", "note", "note"]
        assert "geheim" not in "".join(r.what + r.remedy for r in found)

    async def test_nothing_to_say_where_nobody_is_called(self, stage: Stage) -> None:
        assert await check_alarm(stage.setting.config, send=True) == []


class TestLink:
    """The page behind the link in a call, on the real web server."""

    @pytest.fixture
    async def link(self, duty: Stage, dm: str, endpoint: Endpoint) -> str:
        """The path of a fresh link, sent to Sanne."""
        reach(duty, sanne=[endpoint.address("sanne")])
        await duty.says(FATIMA, dm, "!paniek onze mail is gehackt")
        await leave(duty)
        return "/alarm/" + endpoint.to("sanne")[0].partition("/alarm/")[2].split()[0]

    @asynccontextmanager
    async def visiting(
        self, stage: Stage, on_done: Callable[[], None] = lambda: None
    ) -> AsyncIterator[aiohttp.ClientSession]:
        app = web.Application()
        app.add_routes(alarm_routes(stage.db, stage.setting, lambda: stage.now, on_done))
        async with (
            serving(app, "127.0.0.1", 0) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        ):
            yield http

    async def test_looking_does_nothing_and_pressing_does(self, duty: Stage, dm: str, link: str) -> None:
        woken: list[bool] = []
        async with self.visiting(duty, lambda: woken.append(True)) as http:
            for _ in range(2):  # a preview, and then the person
                page = await (await http.get(link)).text()
                assert '<html lang="nl">' in page
                assert "<h1>" in page
                assert '<form method="post"><button type="submit">Ik kom</button></form>' in page
                assert "<script" not in page
                for secret in ("mail", "gehackt", "Fatima"):
                    assert secret not in page
            assert (await http.head(link)).status == 200
            assert (await duty.ticket()).assignee is None
            assert not woken
            answer = await http.post(link)
            assert answer.status == 200  # after the redirect
            assert "Vraag 1 is van jou" in await answer.text()
            assert woken
        assert (await duty.ticket()).assignee == SANNE
        assert "Sanne heeft het gezien" in to(dm, await duty.settle())[0]

    async def test_it_counts_once(self, duty: Stage, link: str, dm: str) -> None:
        async with self.visiting(duty) as http:
            await http.post(link)
            await duty.settle()
            await duty.says(SANNE, "!team-noord:test", "!loslaten 1")
            assert "Ik kom" not in await (await http.post(link)).text()
        assert (await duty.ticket()).assignee is None

    async def test_it_says_who_was_first(self, duty: Stage, link: str) -> None:
        await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
        async with self.visiting(duty) as http:
            for answer in (await http.get(link), await http.post(link)):
                page = await answer.text()
                assert "Joris" in page
                assert "<button" not in page
        assert (await duty.ticket()).assignee == JORIS

    async def test_in_english(self, duty: Stage, link: str) -> None:
        await duty.says(SANNE, chat(SANNE), "!language en")
        async with self.visiting(duty) as http:
            page = await (await http.get(link)).text()
            assert '<html lang="en">' in page
            assert "I am coming" in page
            unknown = await http.get("/alarm/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
            assert "does not work" in await unknown.text()

    async def test_headers(self, duty: Stage, link: str) -> None:
        async with self.visiting(duty) as http:
            for answer in (await http.get(link), await http.get("/alarm/nothing")):
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy

    async def test_for_a_day(self, duty: Stage, link: str) -> None:
        duty.now += timedelta(hours=24)
        async with self.visiting(duty) as http:
            assert (await http.get(link)).status == 404
            assert (await http.post(link)).status == 404
        assert (await duty.ticket()).assignee is None

    async def test_whoever_is_no_helper_any_more(self, duty: Stage, link: str) -> None:
        await duty.join("!team-noord:test", SANNE, membership="leave")
        async with self.visiting(duty) as http:
            answer = await http.post(link)
            assert answer.status == 409
            assert "Alleen" in await answer.text()
        assert (await duty.ticket()).assignee is None

    async def test_nothing_to_be_guessed_is_kept(self, duty: Stage, link: str) -> None:
        token = link.removeprefix("/alarm/")
        assert len(token) >= 43  # 256 bits
        async with duty.db.reading() as session:
            [row] = await session.scalars(select(AlarmLink))
        assert token not in row.hash
