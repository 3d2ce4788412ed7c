"""A configuration as somebody writes it, and what is said about it."""

from pathlib import Path
from textwrap import dedent

import pytest

from helpdesk_bot.config import ConfigError, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "amsterdam.example.yaml"
SMALL = """\
helpdesk:
  name: Helpdesk
homeserver:
  url: https://matrix.example.org
  user_id: "@helpdesk:example.org"
stadsdelen:
  - id: noord
    name: Noord
    aliases: [Amsterdam-Noord]
    team_room: "#team-noord:example.org"
  - id: oost
    name: Oost
    team_room: "#team-oost:example.org"
rooms:
  overflow: "!overflow:example.org"
  coordination: "#coordinatie:example.org"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "helpdesk.yaml"
    path.write_text(dedent(text))
    return path


def complaints(folder: Path, text: str) -> list[str]:
    """What is wrong, as 'line:column what'."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert all(finding.remedy for finding in caught.value.findings)
    return [f"{found.line}:{found.column} {found.what}" for found in caught.value.findings]
