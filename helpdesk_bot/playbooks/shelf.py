"""The playbooks that can be used now, each as the text that a run keeps of it."""

import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from pydantic import ConfigDict

from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.tools import Tool

_OPEN_AT_ONCE = (
    64  # more than most helpdesks have in use; each is a sixth of a megabyte, and takes milliseconds to make
)


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
        return open_already(self.sha256) or opened(self.snapshot, self.sha256)


_open: OrderedDict[str, Playbook] = (
    OrderedDict()
)  # by the sha256 of their text, the one that was read last at the end


def open_already(sha256: str) -> Playbook | None:
    """The playbook with this text, if it was read lately: nobody has to fetch the text then."""
    found = _open.get(sha256)
    if found is not None:
        _open.move_to_end(sha256)
    return found


def opened(snapshot: str, sha256: str) -> Playbook:
    """A playbook out of its text, kept for a while. Nobody changes what they get here: it is everybody's."""
    found = open_already(sha256)
    if found is None:
        found = _open[sha256] = Playbook.model_validate_json(snapshot)
        if len(_open) > _OPEN_AT_ONCE:
            _open.popitem(last=False)
    return found


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
