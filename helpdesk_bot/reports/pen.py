"""Has a picture drawn by another process, so that neither its memory nor its work is the bot's."""

import asyncio
import json
import os
import sys
from typing import Any

SECONDS = 60.0  # the first time matplotlib looks for every font there is
_KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR", "MPLCONFIGDIR", "SYSTEMROOT")


class DrawingFailed(Exception):
    """The picture could not be made."""


async def draw(recipe: dict[str, Any]) -> bytes:
    """A PNG. Raises DrawingFailed. The process gets none of our secrets."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # nothing of the folder we were started in
        "-m",
        "helpdesk_bot.reports.drawing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )
    try:
        async with asyncio.timeout(SECONDS):
            png, _ = await process.communicate(json.dumps(recipe).encode())
    except TimeoutError:
        raise DrawingFailed("it took too long") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not png.startswith(b"\x89PNG"):
        raise DrawingFailed(f"the drawing process ended with {process.returncode}")
    return png
