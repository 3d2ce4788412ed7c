"""The mark of a restore under way. While it is there, the database and the account may not belong together.

It stands beside the account folder, where every command sees it, whatever the database is.
"""

import secrets
from pathlib import Path

from helpdesk_bot.matrix.private_file import sync_folder, write_private

_MARK = "restoring"
RESTORED = "restored"


def under_way(folder: Path) -> bool:
    """Whether the account in `folder` is part of a restore that has not ended."""
    return (folder.parent / _MARK).exists()


def name_of(folder: Path) -> str:
    """The name of the restore under way; of a new one when there is none. A repetition keeps the name."""
    mark = folder.parent / _MARK
    return mark.read_text() if mark.exists() else secrets.token_hex(8)


def begin(folder: Path, name: str) -> None:
    write_private(folder.parent / _MARK, name)


def end(folder: Path) -> None:
    (folder.parent / _MARK).unlink()
    sync_folder(folder.parent)


def mark_restored(folder: Path, name: str) -> None:
    """Says that the store is older than what was sent: its one-to-one sessions must not be used for sending."""
    write_private(folder / RESTORED, name)


def came_from(folder: Path, name: str) -> bool:
    """Whether the account in `folder` was put there by the restore of this name."""
    mark = folder / RESTORED
    return mark.exists() and mark.read_text() == name
