"""Calls that leave Matrix, to a real server: when channels work, fail, are slow, and when the process dies in between."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr

from helpdesk_bot.alarm import channel
from helpdesk_bot.alarm.channel import NOT_UNDERSTOOD, deliver, not_understood
from helpdesk_bot.alarm.sending import TRIES, WAIT, Alarms
from helpdesk_bot.config import Channel, Channels
from helpdesk_bot.web.application import serving
from tests.conversation.conftest import COORDINATION, FATIMA, JORIS, SANNE
from tests.conversation.duty import chat
from tests.conversation.panic.outside import PUBLIC, Endpoint, leave, reach, rows, to_the_last_try
from tests.conversation.stage import Stage, to

MINUTE = timedelta(minutes=1)


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


async def test_one_that_may_have_left_is_followed_by_the_end(
    duty: Stage, dm: str, endpoint: Endpoint
) -> None:
    """The helpdesk died before it knew; and somebody else came before it could call once more."""

    class Killed(BaseException):
        pass

    async def die(address: SecretStr, title: str, body: str) -> str | None:
        await deliver(address, title, body)
        raise Killed

    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    with pytest.raises(BaseExceptionGroup):
        await leave(duty, die)
    await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
    await leave(duty)
    assert [("je hoeft niet meer" in words) for words in endpoint.to("sanne")] == [False, True]


async def test_one_that_was_taken_without_an_answer_is_followed_by_the_end(
    duty: Stage, dm: str, endpoint: Endpoint
) -> None:
    async def no_answer(address: SecretStr, title: str, body: str) -> str | None:
        await deliver(address, title, body)
        return "no answer in time"

    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty, no_answer)
    for wait in WAIT:
        duty.now += wait
        await leave(duty, no_answer)
    assert (SANNE, "call", "failed") in await rows(duty)
    await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
    await leave(duty)
    assert "je hoeft niet meer" in endpoint.to("sanne")[-1]


@pytest.mark.both_databases
async def test_the_end_waits_for_the_call_that_is_leaving(duty: Stage, dm: str, endpoint: Endpoint) -> None:
    leaves, taken = asyncio.Event(), asyncio.Event()

    async def slowly(address: SecretStr, title: str, body: str) -> str | None:
        leaves.set()
        await taken.wait()
        return await deliver(address, title, body)

    reach(duty, sanne=[endpoint.address("sanne")])
    await duty.says(FATIMA, dm, "!paniek help")
    alarms = Alarms(duty.db, duty.setting, lambda: duty.now, lambda: None, slowly)
    async with asyncio.TaskGroup() as group:
        assert await alarms.begin(group) == 1
        await leaves.wait()
        await duty.reacts(JORIS, "!team-noord:test", await duty.card(), "✋")
        assert await alarms.begin(group) == 0
        taken.set()
    await leave(duty)
    assert [("je hoeft niet meer" in words) for words in endpoint.to("sanne")] == [False, True]


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
