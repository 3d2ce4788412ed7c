"""Who is on duty in the demo and how they are called, and which site on this machine may be looked at: written into the
configuration as a host would do by hand."""

import os
import re
from pathlib import Path

from helpdesk_bot.demo.cast import ON_DUTY
from helpdesk_bot.demo.phones import Phones
from helpdesk_bot.demo.site import Site
from helpdesk_bot.demo.synapse import Synapse, free_port

_CHANNELS = "alarm-channels.yaml"
_FIRST_DAY = "2026-11-02"
_OURS = re.compile(r"^(?:web|checks):\n(?:[ ]+.*\n?|\n)*", re.MULTILINE)


def arrange(config: Path, synapse: Synapse, phones: Phones, site: Site) -> None:
    """Adds the rota of Noord if it is not there, and where the phones, the page of the one-time links and the site are this
    time."""
    people = [synapse.user_id(role.localpart) for role in ON_DUTY]
    channels = config.with_name(_CHANNELS)
    channels.touch(mode=0o600)
    channels.write_text(
        "".join(
            f'"{user}": ["{phones.address(role.localpart)}"]\n'
            for role, user in zip(ON_DUTY, people, strict=True)
        )
    )
    port = free_port()
    text = _OURS.sub("", config.read_text(encoding="utf-8")).rstrip() + "\n\n"
    if "\npanic:" not in text:
        named = ", ".join(f'"{user}"' for user in people)
        text += (
            f"panic:\n  channels_file: {_CHANNELS}\n  rotas:\n    - id: noord\n      people: [{named}]\n"
            f"      first_day: {_FIRST_DAY}\n\n"
        )
    text += f"web:\n  port: {port}\n  public_url: http://127.0.0.1:{port}\n\n"
    text += f'checks:\n  allow: ["127.0.0.1:{site.port}"]\n'
    mode = config.stat().st_mode & 0o777
    with os.fdopen(
        os.open(config, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, mode), "w", encoding="utf-8"
    ) as file:
        file.write(text)
