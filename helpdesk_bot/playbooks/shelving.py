"""Keeps the library ready in one file, so that a start takes no seconds and the bot never holds what reading YAML needs.

Another process reads the playbooks (`python -m helpdesk_bot.playbooks.shelving FOLDER`), and only when one of them changed.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from helpdesk_bot.config.findings import Finding
from helpdesk_bot.playbooks.shelf import LeftOut, Shelf, Shelved

log = structlog.get_logger(__name__)

SECONDS = 120.0
KEPT = "library.json"  # in the bot's own folder
_PASSED_ON = ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
_FORM = 5  # of the file
_SHELF = TypeAdapter(Shelf)


async def shelf_in(folder: Path, data_dir: Path) -> Shelf:
    """The playbooks of a folder; none when there is no such folder, or when they can't be read, which is logged: a helpdesk
    without playbooks still helps."""
    if not await asyncio.to_thread(folder.is_dir):
        log.warning("no playbooks", folder=str(folder))
        return Shelf()
    mark = await asyncio.to_thread(_mark, folder)
    kept = data_dir / KEPT
    shelf = await asyncio.to_thread(_read, kept, mark)
    if shelf is not None:
        return shelf
    made = await _made(folder)
    if made is None:
        return Shelf()
    for left_out in made.left_out:
        log.warning("playbook left out", **asdict(left_out))
    try:
        await asyncio.to_thread(_write, kept, mark, made)
    except OSError as error:  # it is read again at the next start
        log.warning("playbooks not kept", error=type(error).__name__)
    return made


def _mark(folder: Path) -> str:
    """Another one when a file was changed, added or taken away, or the format is another."""
    found = sha256(str(_FORM).encode())
    for path in [*sorted(folder.glob("*.yaml")), *sorted(Path(__file__).parent.glob("*.py"))]:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _read(kept: Path, mark: str) -> Shelf | None:
    """None when it is not of these files, or not whole."""
    try:
        first, _, library = kept.read_bytes().partition(b"\n")
        return _SHELF.validate_json(library) if first == mark.encode() else None
    except (OSError, ValueError):
        return None


def _write(kept: Path, mark: str, made: Shelf) -> None:
    """All of it or nothing, whenever it is broken off."""
    new = kept.with_suffix(".new")
    new.write_bytes(mark.encode() + b"\n" + _as_json(made))
    os.replace(new, kept)


def _as_json(shelf: Shelf) -> bytes:
    return _SHELF.dump_json(shelf, by_alias=True)


async def _made(folder: Path) -> Shelf | None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # nothing of the folder we were started in
        "-m",
        "helpdesk_bot.playbooks.shelving",
        str(folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},  # none of our secrets
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
        return _SHELF.validate_json(out)
    except (TimeoutError, ValueError) as error:
        log.error("playbooks not read", folder=str(folder), error=type(error).__name__)
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def main(folder: str) -> None:
    """Writes the playbooks and tools of a folder to standard output."""
    from helpdesk_bot.playbooks.loading import library  # reads YAML, which a running helpdesk does not

    found = library(Path(folder))
    shelved = {name: Shelved.of(playbook) for name, playbook in found.playbooks.items()}
    documents = [found.catalogue, *(one.document for one in found.files)]
    left_out = tuple(_left_out(read.path.name, read.findings) for read in documents if read.findings)
    sys.stdout.buffer.write(_as_json(Shelf(shelved, found.tools, left_out)))


def _left_out(file: str, findings: Sequence[Finding]) -> LeftOut:
    first = min(findings, key=lambda found: (found.line or 1, found.column or 0))
    return LeftOut(file, first.line or 1, first.remedy)


if __name__ == "__main__":
    main(sys.argv[1])
