"""`make demo`: a real homeserver, a real helpdesk, three questions that people ask it, two organisations that
begin to move to an open tool, a night and a Monday."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from helpdesk_bot.demo.bot import BotError
from helpdesk_bot.demo.performance import Wishes, perform
from helpdesk_bot.demo.stage import FolderInUse, occupied
from helpdesk_bot.demo.synapse import SynapseError

FOLDER = Path(".demo")
_STOPPED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def demo(
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="End after the story; status 0 only if all that was expected was really seen."
        ),
    ] = False,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write transcript, expectations and figures.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget everything of earlier runs first.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1024, max=65535, help="The homeserver's port; any free one otherwise.")
    ] = None,
    pace: Annotated[
        float | None,
        typer.Option(min=0, help="1 is reading pace (the default on a terminal), 0 as fast as it goes."),
    ] = None,
) -> None:
    """Plays the demo in the folder .demo, then stays up so that you can join with a Matrix client of your own."""
    wishes = Wishes(FOLDER.absolute(), once=once, json=json, port=port, pace=pace)
    try:
        with occupied(wishes.folder, fresh=fresh):
            # What the people's clients have to say is for whoever looks for a fault.
            logging.basicConfig(filename=wishes.folder / "people.log", level=logging.WARNING)
            status = asyncio.run(_until_stopped(wishes))
        if status == _STOPPED or not once:
            Console(highlight=False).print("Stopped. Nothing of it is running any more.")
    except FolderInUse as error:
        status = _failed(str(error))
    except (BotError, SynapseError) as error:
        status = _failed(f"{error}\nThe logs are in {wishes.folder}.")
    sys.exit(status)


async def _until_stopped(wishes: Wishes) -> int:
    """Performs; Ctrl-C, or being asked to end, stops all of it in good order."""
    performance = asyncio.create_task(perform(wishes))
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, performance.cancel)
    try:
        return await performance
    except asyncio.CancelledError:
        return _STOPPED


def _failed(why: str) -> int:
    Console(stderr=True, highlight=False).print(why, markup=False, soft_wrap=True)
    return 1


if __name__ == "__main__":
    typer.run(demo)
