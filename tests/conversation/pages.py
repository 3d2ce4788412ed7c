"""How far a conversation had come at moments where many begin, so that these are played once and not for every test."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from sqlalchemy import event
from sqlalchemy.engine import Connection

from helpdesk_bot.storage.engine import Database
from tests.conversation.stage import Said, Stage, in_a_hurry

Play = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True)
class Page:
    """A SQLite file, and what the stage knew when it was written. `commits`: how many transactions had led there."""

    path: Path
    commits: int = 0
    heard: int = 0
    last: str = ""
    sent: tuple[Said, ...] = ()

    async def after(self, name: str, play: Play) -> "Page":
        """What comes of this one when it goes on so."""
        notebook = Notebook(self, self.path.with_name(f"{name}.db"))
        stage = await notebook.stage()
        await play(stage)
        await notebook.db.close()
        return Page(notebook.path, notebook.commits, stage.heard, stage.last, tuple(stage.sent))


class Notebook:
    """One SQLite file that every test writes anew: SQLAlchemy keeps its compiled statements with the engine."""

    def __init__(self, first: Page, path: Path) -> None:
        self.first, self.path = first, path
        self.commits = 0
        self.db = in_a_hurry(Database(f"sqlite+aiosqlite:///{path}"))

        @event.listens_for(self.db.engine.sync_engine, "commit")
        def _(_: Connection) -> None:
            self.commits += 1

    async def stage(self) -> Stage:
        """A stage on which all is as on the first page."""
        await self._turn_to(self.first)
        stage = Stage(self.db)
        _recall(stage, self.first)
        return stage

    async def goes_on(self, stage: Stage, before: Page, after: Page, play: Play) -> None:
        """From one page to another. It is only turned when nothing else has happened than what led to the one before;
        otherwise, and in another database, it is played."""
        if stage.db is self.db and self.commits == before.commits and stage.is_as_it_began():
            await self._turn_to(after)
            _recall(stage, after)
        else:
            await play(stage)

    async def keep(self, stage: Stage) -> Page:
        """How far a stage has come, to turn back to in the same test."""
        await self.db.close()
        path = self.path.with_name("kept.db")
        copyfile(self.path, path)
        return Page(path, self.commits, stage.heard, stage.last, tuple(stage.sent))

    async def turn(self, stage: Stage, page: Page) -> None:
        """All but the clock and the setting is as on that page."""
        await self._turn_to(page)
        _recall(stage, page)

    async def _turn_to(self, page: Page) -> None:
        await self.db.close()
        self._write(page)

    def _write(self, page: Page) -> None:
        for left in ("-wal", "-shm"):
            Path(f"{self.path}{left}").unlink(missing_ok=True)
        copyfile(page.path, self.path)
        self.commits = page.commits


def _recall(stage: Stage, page: Page) -> None:
    stage.heard, stage.last, stage.sent = page.heard, page.last, deepcopy(list(page.sent))
