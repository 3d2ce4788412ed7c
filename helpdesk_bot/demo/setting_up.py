"""Sets a helpdesk up as its host would type it, with everything it asks given by flags."""

import asyncio
import sys
from pathlib import Path

from helpdesk_bot.config import Config
from helpdesk_bot.demo import tether
from helpdesk_bot.demo.api import path
from helpdesk_bot.demo.bot import BotError, ended
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse

_WITHIN = 120.0


async def set_up(
    folder: Path, config: Path, synapse: Synapse, *, host: str, bot: str, city: str | None
) -> None:
    """`helpdesk init`. `host` is invited everywhere. `city`: the file that it begins from; None when the configuration is there
    already, of a homeserver that is somewhere else now. Raises BotError."""
    flags = ["--yes", "--config", str(config), "--homeserver", synapse.url, "--invite", host]
    if city is not None:
        begins, secret = folder / "city.yaml", folder / "registration-secret"
        begins.write_text(city, encoding="utf-8")
        secret.touch(mode=0o600)
        secret.write_text(synapse.shared_secret)
        flags += ["--city", str(begins), "--user", synapse.user_id(bot)]
        flags += ["--register-shared-secret-file", str(secret)]
    log = folder / "init.log"
    process = tether.start([sys.executable, "-P", "-m", "helpdesk_bot", "init", *flags], log)
    try:
        async with asyncio.timeout(_WITHIN):
            await ended(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    if process.returncode != 0:
        raise BotError(f"`helpdesk init` ended with status {process.returncode}.\n{log.read_text()[-3000:]}")


async def rooms_of(config: Config, person: Person) -> dict[str, str]:
    """The ids of the helpdesk's rooms by the first part of their alias. The configuration has them by id or by alias."""
    city = config.rooms
    references = {
        "helpdesk": city.space,
        "team-stad": city.overflow,
        "coordinatie": city.coordination,
        "trainers": city.trainers,
    }
    for part in config.stadsdelen:
        references |= {f"hulp-{part.id}": part.help_room, f"team-{part.id}": part.team_room}
    found: dict[str, str] = {}
    for name, reference in references.items():
        if reference is None:
            continue
        if reference.startswith("#"):
            answer = await person.api.call("GET", path("directory", "room", reference))
            reference = str(answer["room_id"])
        found[name] = reference
    return found
