"""One helpdesk on one database: two would each do, and say, everything. The lock ends with the process that holds it.

SQLite's file is for one machine only, so there a lock of the machine does. With PostgreSQL the other one may be anywhere:
there a session of its own holds a lock in the server, and is looked after, because a session may end before the process.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from helpdesk_bot.errors import UserError

# A server needs a moment to see that a process was killed, and with the keepalives below half a minute to see that a
# whole machine went away. A helpdesk that starts again after either must not be stopped by its own former self.
PATIENCE = 30

Watch = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def holding(url: str, patience: int = PATIENCE) -> AsyncIterator[Watch]:
    """Holds the database for this process. What it gives is to be run meanwhile.

    Raises UserError('database.in_use'); the watch does so too, when the lock was lost and somebody else took it.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        with _file_held(Path(parts.database or "")):
            yield _nothing_to_watch
        return
    from helpdesk_bot.storage.session_lock import SessionLock  # with the driver, which SQLite does not need

    session = SessionLock(url)
    await session.take(patience)
    try:
        yield session.watch
    finally:
        await session.let_go()


@contextmanager
def flocked(file: Path) -> Iterator[None]:
    """Holds a file for this process. Raises BlockingIOError when another one has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _file_held(database: Path) -> Iterator[None]:
    real = database.resolve()  # its journals are there too
    with ExitStack() as held:
        try:
            held.enter_context(flocked(real.with_name(real.name + ".in-use")))
        except BlockingIOError:
            raise UserError("database.in_use") from None
        except OSError:
            raise UserError("database.folder", folder=str(real.parent)) from None
        yield


async def _nothing_to_watch() -> None:
    """The machine gives a lock of its own back when the process ends, and not before."""
