"""The homeserver's rate limits, which the bot runs into when a whole city asks at once."""

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.matrix.http import Homeserver, MatrixError

_SUBJECT = "rate limits"


async def check_limits(
    config: Config, homeserver: Homeserver, admin_token: str | None, *, fix: bool = False
) -> list[Result]:
    """Only a server's administrator can see and lift them; the bot itself seldom is one."""
    user_id = config.homeserver.user_id
    admin = homeserver.signed_in(admin_token) if admin_token else homeserver
    try:
        override = await admin.ratelimit_override(user_id)
        if override.get("messages_per_second") == 0:
            return [Result("ok", _SUBJECT, "lifted for the bot")]
        if fix and admin_token:
            await admin.override_ratelimit(user_id)
            return [Result("ok", _SUBJECT, "were in force; now lifted for the bot")]
    except MatrixError as error:
        if error.temporary:
            raise
        if admin_token:
            what = f"the homeserver does not let this administrator look ({error})"
            return [Result("warning", _SUBJECT, what, _remedy(config))]
        what = "can't be seen with the bot's own account; by default Synapse lets it send one message in 5 s"
        return [Result("note", _SUBJECT, what, _remedy(config))]
    return [Result("warning", _SUBJECT, "in force: when it is busy, answers will be late", _remedy(config))]


def _remedy(config: Config) -> str:
    """The one call, for whoever runs the homeserver."""
    url = f"{config.homeserver.url}/_synapse/admin/v1/users/{config.homeserver.user_id}/override_ratelimit"
    call = f"""curl -X POST -H "Authorization: Bearer $ADMIN_TOKEN" -d '{{"messages_per_second":0,"burst_count":0}}' '{url}'"""
    return f"Run once, as the homeserver's administrator: {call} — or `helpdesk check --fix --admin-token-file FILE`."
