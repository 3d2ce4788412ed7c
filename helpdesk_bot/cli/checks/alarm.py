"""How people are called outside Matrix. No address is ever shown."""

from helpdesk_bot.alarm.channel import deliver, not_understood
from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.config.channels import COORDINATORS
from helpdesk_bot.texts.render import Texts

_CHANNELS = "Add them to the file of `panic.channels_file`, as Apprise writes addresses."


async def check_alarm(config: Config, *, send: bool) -> list[Result]:
    """`send`: a test message goes out by each channel."""
    results = [
        Result("error", "alarm channels", found.place, f"{found.what}. {found.remedy}")
        for found in not_understood(config.channels)
    ]
    people = {user for rota in config.panic.rotas for user in rota.people}
    results += [
        Result("warning", "alarm channels", f"{user} is on duty and is only reached in Matrix", _CHANNELS)
        for user in sorted(people)
        if not config.channels.keys(user)
    ]
    if config.channels.of and config.web.public_url is None:
        remedy = "Set `web.public_url`, and let the outside reach /alarm/ there."
        results.append(Result("note", "alarm channels", "a call holds no link to answer it", remedy))
    if people and not config.channels.keys(COORDINATORS):
        what = "the coordinators have no channel together"
        results.append(Result("note", "alarm channels", what, _CHANNELS))
    if send and not any(result.level == "error" for result in results):
        texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
        results += [await _try(config, texts, who, place, key) for who, place, key in _numbered(config)]
    return results


def _numbered(config: Config) -> list[tuple[str, int, str]]:
    return [
        (who, place, channel.key)
        for who, channels in config.channels.of.items()
        for place, channel in enumerate(channels, start=1)
    ]


async def _try(config: Config, texts: Texts, who: str, place: int, key: str) -> Result:
    address = config.channels.address(who, key)
    assert address is not None
    title = texts.word(None, "alarm.title", helpdesk=config.helpdesk.name)
    error = await deliver(address, title, texts.word(None, "alarm.test"))
    if error is None:
        return Result("ok", "alarm channels", f"channel {place} of {who} took a test message")
    return Result(
        "error", "alarm channels", f"channel {place} of {who} failed: {error}", "Check the address."
    )
