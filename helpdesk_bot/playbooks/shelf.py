"""The playbooks that can be used now, each as the text that a run keeps of it."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256

from pydantic import ConfigDict

from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.tools import Tool

_OPEN_AT_ONCE = 4  # each is a megabyte of objects, and a few milliseconds to make again


@dataclass(frozen=True, slots=True)
class Shelved:
    """One playbook. `packed`: its snapshot, in a sixth of the memory; `sha256` is of the snapshot."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: str
    version: str
    title: Mapping[str, str]
    leaves: tuple[str, ...]  # ids of tools
    reaches: tuple[str, ...]
    owner: str
    review_by: date
    packed: bytes = field(repr=False)
    sha256: str

    @classmethod
    def of(cls, playbook: Playbook) -> "Shelved":
        text = playbook.model_dump_json(by_alias=True, exclude_defaults=True).encode()
        return cls(
            playbook.id,
            playbook.version,
            playbook.title,
            tuple(playbook.from_),
            tuple(playbook.to),
            playbook.owner,
            playbook.review_by,
            zlib.compress(text),
            sha256(text).hexdigest(),
        )

    @property
    def snapshot(self) -> str:
        """All of it, as JSON with its keys in one order."""
        return zlib.decompress(self.packed).decode()

    def open(self) -> Playbook:
        return opened(self.snapshot)


@lru_cache(maxsize=_OPEN_AT_ONCE)
def opened(snapshot: str) -> Playbook:
    """A playbook out of its text."""
    return Playbook.model_validate_json(snapshot)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in order: the line of the first thing that is wrong with it, and what to do about that."""

    file: str
    line: int
    remedy: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every playbook that is in order, and every tool of the catalogue, by id."""

    playbooks: Mapping[str, Shelved] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
