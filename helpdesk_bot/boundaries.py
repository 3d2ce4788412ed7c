"""The moments between two writes, by name: the places where a crash could lose or double something.

`make chaos` and the crash tests stop the process with SIGKILL exactly there. `HELPDESK_KILL_AT=sent:3` kills at the
third passage of the boundary 'sent'. Without that variable a passage costs one dictionary look-up.
"""

import os
import signal

BOUNDARIES = (
    "sync.received",  # the homeserver has answered, nothing is written
    "keys.stored",  # encryption keys are saved, the sync position is not
    "inbox.committed",  # events and position are saved, nobody has acted
    "work.written",  # an event's whole effect is written, not committed
    "work.committed",  # committed, nothing sent
    "send.before",  # a row is chosen and encrypted, not sent
    "send.after",  # the homeserver has it, the row does not say so
    "send.marked",  # the row says so
    "timer.written",  # a due moment has acted, not committed
)
# Those of what only some messages have.
FILE_BOUNDARIES = ("file.uploaded",)  # the homeserver has the file of a message, and nobody has written where
# Those of what leaves outside Matrix.
OUTSIDE_BOUNDARIES = (
    "outside.made",  # a link is kept, and nothing has left
    "outside.sent",  # it has left, the row does not say so
)
# Those that a helpdesk passes while it runs.
WHILE_RUNNING = BOUNDARIES + FILE_BOUNDARIES + OUTSIDE_BOUNDARIES
# Those of `helpdesk restore`.
RESTORE_BOUNDARIES = (
    "restore.staged",  # database and account stand ready and looked through, those in force are as they were
    "restore.begun",  # the mark says so
    "restore.account",  # the account is the backup's, the database is not
    "restore.database",  # both are, and the mark is still there
)
ALL = WHILE_RUNNING + RESTORE_BOUNDARIES


def _armed() -> dict[str, int]:
    name, _, count = os.environ.get("HELPDESK_KILL_AT", "").partition(":")
    if name and name not in ALL:
        raise ValueError(f"HELPDESK_KILL_AT names no boundary: {name}; known are {', '.join(ALL)}")
    return {name: int(count or 1)} if name else {}


_left = _armed()


def passing(name: str) -> None:
    """Says that the process passes the boundary `name`; the process ends here when it was armed."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
