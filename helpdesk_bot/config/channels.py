"""How people are called outside Matrix: addresses as Apprise writes them. They hold secrets, so they have a file of their
own, and nothing ever prints one."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from helpdesk_bot.config import document, secrets
from helpdesk_bot.config.findings import Finding
from helpdesk_bot.config.types import UserId

COORDINATORS = "coordinators"
_PERSON: TypeAdapter[str] = TypeAdapter(UserId)


@dataclass(frozen=True, slots=True)
class Channel:
    """One address. `key` names it without telling it: a hash. `place`: the file and line where it stands."""

    address: SecretStr
    place: tuple[str, int]

    @property
    def key(self) -> str:
        return hashlib.sha256(self.address.get_secret_value().encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Channels:
    """The addresses of each person, and under `COORDINATORS` those of all coordinators together."""

    of: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)

    def keys(self, who: str) -> list[str]:
        return [channel.key for channel in self.of.get(who, ())]

    def address(self, who: str, key: str) -> SecretStr | None:
        """None when it has been taken out of the file since."""
        return next((channel.address for channel in self.of.get(who, ()) if channel.key == key), None)

    def __iter__(self) -> Iterator[tuple[str, Channel]]:
        return ((who, channel) for who, channels in self.of.items() for channel in channels)


def read(path: Path, where: str, findings: list[Finding]) -> Channels:
    """What is wrong is added to `findings`. `where`: the setting that names the file."""
    try:
        if mode := secrets.unsafe_mode(path):
            findings.append(
                Finding(where, f"{path} has mode {mode}: others can read it", f"Run: chmod 600 {path}")
            )
            return Channels()
    except OSError as error:
        remedy = "Point it at a file with the addresses, or take the setting out."
        findings.append(Finding(where, f"{path} can't be read: {error.strerror}", remedy))
        return Channels()
    file = document.read(path)
    of = {str(who): _channels(file, str(who), value) for who, value in (file.data or {}).items()}
    findings += [_without_quotes(found) for found in file.findings]
    return Channels(of)


def _channels(file: document.Document, who: str, value: object) -> tuple[Channel, ...]:
    try:
        if who != COORDINATORS:
            _PERSON.validate_python(who)
    except ValidationError:
        file.complain(
            (who,),
            "this is neither a person nor `coordinators`",
            'Write `"@name:example.org": [address]`.',
            at_key=True,
        )
    if not isinstance(value, list) or not all(isinstance(address, str) and address for address in value):
        file.complain((who,), "this must be a list of addresses", 'Write ["ntfys://…", "mailto://…"].')
        return ()
    return tuple(
        Channel(SecretStr(address), (str(file.path), file.values[who, at][0]))
        for at, address in enumerate(value)
    )


def _without_quotes(found: Finding) -> Finding:
    """What a parser says about a line may quote it."""
    if found.what.startswith("this is not YAML"):
        return Finding(found.where, "this is not YAML", found.remedy, found.line, found.column)
    return found
