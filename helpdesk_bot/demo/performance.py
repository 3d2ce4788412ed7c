"""One performance: the stage is set, the story is told, the result is said, and then the doors are open."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpdesk_bot.demo import farewell
from helpdesk_bot.demo.api import Api, path
from helpdesk_bot.demo.cast import CAST, Role
from helpdesk_bot.demo.expectations import Expectations
from helpdesk_bot.demo.screen import Screen
from helpdesk_bot.demo.signing_in import account_of
from helpdesk_bot.demo.stage import Stage, opened
from helpdesk_bot.demo.story.programme import play, verdict
from helpdesk_bot.demo.story.telling import Telling
from helpdesk_bot.demo.transcript import Transcript
from helpdesk_bot.demo.witness import Witness


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line. `pace` None: reading pace where somebody looks on."""

    folder: Path
    once: bool = False
    json: Path | None = None
    port: int | None = None
    pace: float | None = None


async def perform(wishes: Wishes) -> int:
    """The exit status: 0 when everything that was expected was seen."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    screen = Screen()
    screen.heading("A helpdesk on Matrix: a real homeserver, real clients, real questions")
    async with opened(wishes.folder, screen, wishes.port) as stage:
        started = loop.time() - began
        screen.say(f"  ready after  {started:4.1f} s" + ("   (the second start)" if stage.again else ""))
        expectations = Expectations(screen.expectation)
        transcript = Transcript(screen.line)
        names = {person.user_id: name for name, person in stage.people.items()} | stage.bots
        async with Witness(stage.people.values(), names, stage.bots, transcript) as witness:
            pace = wishes.pace if wishes.pace is not None else float(screen.live)
            stage.story_begins()
            await play(Telling(stage, screen, witness, expectations, pace))
            if expectations.met:
                stage.story_ended()
            figures = _figures(stage, transcript, expectations, started, loop.time() - began - started)
            if wishes.json:
                transcript.write(wishes.json, expectations.all, figures)
            _result(screen, stage, expectations, figures)
            if not wishes.once:
                try:
                    await _stay(stage, screen)
                except asyncio.CancelledError:
                    # Ctrl-C is how this ends: from here on it is an ending like any other.
                    task = asyncio.current_task()
                    assert task is not None
                    task.uncancel()
    return verdict(expectations)


def _figures(
    stage: Stage, transcript: Transcript, expectations: Expectations, started: float, told: float
) -> dict[str, Any]:
    return {
        "first_start": not stage.again,
        "start_seconds": round(started, 2),
        "story_seconds": round(told, 2),
        "helpdesk_start_seconds": [round(seconds, 2) for seconds in stage.bot.starts],
        "kills": stage.bot.kills,
        "events_seen": len(transcript.lines),
        "expected": len(expectations.all),
        "met": len(expectations.all) - len(expectations.missed),
    }


def _result(screen: Screen, stage: Stage, expectations: Expectations, figures: dict[str, Any]) -> None:
    screen.heading("What was expected, and whether it was really seen")
    screen.expectations(expectations.all)
    screen.heading("In short")
    screen.say(
        f"  {figures['met']} of {figures['expected']} expectations met · {figures['events_seen']} events seen by "
        f"people's own clients · {figures['kills']} kills"
    )
    starts = ", ".join(f"{seconds:.1f} s" for seconds in figures["helpdesk_start_seconds"])
    screen.say(
        f"  ready after {figures['start_seconds']:.1f} s · story {figures['story_seconds']:.1f} s · "
        f"starts of the helpdesk: {starts}"
    )
    if expectations.met:
        screen.say("  ✓ Everything that was expected was seen.", "bold green")
        return
    screen.say(
        f"  ✗ {len(expectations.missed)} did NOT come true; they are marked ✗ in the list above.", "bold red"
    )
    screen.say(f"  The logs: {stage.bot.log}, {stage.synapse.log}")


async def _stay(stage: Stage, screen: Screen) -> None:
    """Lets visitors in, and keeps everything running until it is stopped."""
    for role in CAST.visitors:
        await _welcome(stage, role)
    farewell.explain(stage, screen)
    await stage.bot.gone_by_itself()
    screen.say("The helpdesk has ended by itself. The log says why:", "bold red")
    screen.say(stage.bot.tail())


async def _welcome(stage: Stage, role: Role) -> None:
    """An account for somebody who joins in, a member of the rooms of their role."""
    known = stage.folder / "people" / role.localpart
    if known.exists():
        return
    account = await account_of(stage.synapse, role)
    host = stage.people[CAST.host.name]
    async with Api(stage.synapse.url, account.token) as api:
        for alias in role.teams:
            room_id = stage.rooms[alias]
            await host.invite(room_id, account.user_id)
            await api.call("POST", path("join", room_id), json={})
        await api.call("POST", path("logout"), json={})
    known.touch()
