"""Keeps the library ready in one file, so that a start takes no seconds and the bot never holds what reading YAML needs.

Another process reads the playbooks (`python -m helpdesk_bot.playbooks.shelving FOLDER`), and only when one of them changed.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog

from helpdesk_bot.config.findings import Finding
from helpdesk_bot.playbooks.shelf import LeftOut, Shelf, Shelved, opened
from helpdesk_bot.playbooks.tools import Tool

log = structlog.get_logger(__name__)

SECONDS = 120.0
KEPT = "library.json"  # in the bot's own folder
_PASSED_ON = ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
_FORM = 4  # of the file


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
    for left_out in made["left_out"]:
        log.warning("playbook left out", **left_out)
    try:
        await asyncio.to_thread(_write, kept, mark, made)
    except OSError as error:  # it is read again at the next start
        log.warning("playbooks not kept", error=type(error).__name__)
    return _shelf(made)


def _mark(folder: Path) -> str:
    """Another one when a file was changed, added or taken away, or the format is another."""
    found = sha256(str(_FORM).encode())
    for path in [*sorted(folder.glob("*.yaml")), *sorted(Path(__file__).parent.glob("*.py"))]:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _read(kept: Path, mark: str) -> Shelf | None:
    """None when it is not of these files, or not whole."""
    try:
        found = json.loads(kept.read_text("utf-8"))
        return _shelf(found["library"]) if found["mark"] == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(kept: Path, mark: str, made: dict[str, Any]) -> None:
    """All of it or nothing, whenever it is broken off."""
    new = kept.with_suffix(".new")
    new.write_text(json.dumps({"mark": mark, "library": made}), "utf-8")
    os.replace(new, kept)


def _shelf(made: dict[str, Any]) -> Shelf:
    playbooks = (Shelved.of(opened(text)) for text in made["playbooks"])
    tools = (Tool.model_validate_json(text) for text in made["tools"])
    left_out = tuple(LeftOut(**one) for one in made["left_out"])
    return Shelf({one.id: one for one in playbooks}, {tool.id: tool for tool in tools}, left_out)


async def _made(folder: Path) -> dict[str, Any] | None:
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
        made: dict[str, Any] = json.loads(out)
    except (TimeoutError, ValueError) as error:
        log.error("playbooks not read", folder=str(folder), error=type(error).__name__)
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return made


def main(folder: str) -> None:
    """Writes the playbooks and tools of a folder to standard output."""
    from helpdesk_bot.playbooks.loading import library  # reads YAML, which a running helpdesk does not

    found = library(Path(folder))
    documents = [found.catalogue, *(one.document for one in found.files)]
    made = {
        "playbooks": [Shelved.of(playbook).snapshot for playbook in found.playbooks.values()],
        "tools": [tool.model_dump_json(by_alias=True) for tool in found.tools.values()],
        "left_out": [_left_out(read.path.name, read.findings) for read in documents if read.findings],
    }
    sys.stdout.write(json.dumps(made))


def _left_out(file: str, findings: Sequence[Finding]) -> dict[str, Any]:
    first = min(findings, key=lambda found: (found.line or 1, found.column or 0))
    return asdict(LeftOut(file, first.line or 1, first.remedy))


if __name__ == "__main__":
    main(sys.argv[1])
