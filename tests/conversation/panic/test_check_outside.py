"""`helpdesk check`, and with `--alarm`: whether people can be called outside Matrix."""

from helpdesk_bot.cli.checks.alarm import check_alarm
from tests.conversation.panic.outside import Endpoint, reach
from tests.conversation.stage import Stage


async def test_a_test_message_by_each_channel(duty: Stage, endpoint: Endpoint, dead_port: int) -> None:
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


async def test_what_is_missing(duty: Stage, endpoint: Endpoint) -> None:
    reach(duty, None, sanne=["gopher://geheim"])
    found = await check_alarm(duty.setting.config, send=True)
    assert [r.level for r in found] == ["error", "warning", "warning", "warning", "note", "note"]
    assert "geheim" not in "".join(r.what + r.remedy for r in found)


async def test_nothing_to_say_where_nobody_is_called(stage: Stage) -> None:
    assert await check_alarm(stage.setting.config, send=True) == []
