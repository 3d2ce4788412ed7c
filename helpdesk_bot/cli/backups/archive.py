"""The file of a backup: a tar.gz with a manifest that says what must be in it, byte for byte."""

import hashlib
import json
import os
import re
import shutil
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from helpdesk_bot.cli.output import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
CONFIG = "helpdesk.yaml"
ROWS = "database"
ACCOUNT = "account"
_NAME = re.compile(r"(?:[a-z]+/)?[a-z][a-z0-9_]*\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is the database's step, `sums` the SHA-256 of each member, `tables` in an order that can be filled.

    `running`: whether the bot ran while its keys were copied, and so went on using them.
    """

    format: int
    version: str
    made_at: str
    revision: str
    user_id: str
    device_id: str
    database: str
    tables: list[str]
    sums: dict[str, str]
    running: bool = True  # what an older backup does not say is taken to be so


def pack(folder: Path, manifest: Manifest, to: Path) -> None:
    """Writes everything in `folder` to `to`: whole or not at all, for this user's eyes only."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
    draft = to.with_name(f".{to.name}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                for name in [MANIFEST, *manifest.sums]:
                    archive.add(folder / name, name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)


def sums(folder: Path) -> dict[str, str]:
    members = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sum(path) for path in members}


def unpack(archive: Path, folder: Path) -> Manifest:
    """Brings the members to `folder`, after making sure that they are the ones that were put in."""
    broken = Refusal(
        f"{archive} is not a whole backup.", "Use another one; this one may be cut off or changed."
    )
    try:
        extract(archive, folder)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except FileNotFoundError:
        if not archive.exists():
            raise Refusal(f"There is no file {archive}.", "Name the file of a backup.") from None
        raise broken from None
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError):
        raise broken from None
    if manifest.format != FORMAT:
        raise Refusal(
            f"{archive} was made by another version ({manifest.version}).",
            "Restore it with that version or a later one.",
        )
    found = sums(folder)
    del found[MANIFEST]
    if found != manifest.sums:
        raise broken
    return manifest


def extract(archive: Path, folder: Path) -> None:
    """Files with plain names only: whatever else an archive can hold could end up outside `folder`."""
    with tarfile.open(archive, "r:gz") as file:
        for member in file:
            content = file.extractfile(member) if member.isfile() and _NAME.fullmatch(member.name) else None
            if content is None:
                raise tarfile.TarError("a member that no backup has")
            path = folder / member.name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as to:
                shutil.copyfileobj(content, to)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
