"""The moments between two writes, by name: the places where a crash could lose or double something.

`make chaos` and the crash tests stop the process with SIGKILL exactly there. `HELPDESK_KILL_AT=send.after:3` kills at the
third passage of the boundary 'send.after', `send.after@offer` when another helpdesk was told an offer, and of several places
with commas between them it is the first that is reached. With `HELPDESK_HALT_AT` the process stands still there (SIGSTOP).
Without these variables a passage costs nothing.
"""

import os
import signal
import sys

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


REACHED = "reached"  # what the process says of a place on its stderr before it ends or halts there


def _places(variable: str) -> dict[str, int]:
    armed = {}
    for given in filter(None, os.environ.get(variable, "").split(",")):
        place, _, count = given.partition(":")
        if place.partition("@")[0] not in ALL:
            raise ValueError(f"{variable} names no boundary: {place}; known are {', '.join(ALL)}")
        armed[place] = int(count or 1)
    return armed


_armed = {
    deadly: places
    for variable, deadly in (("HELPDESK_KILL_AT", signal.SIGKILL), ("HELPDESK_HALT_AT", signal.SIGSTOP))
    if (places := _places(variable))
}


def passing(name: str, word: object = None) -> None:
    """Says that the process passes the boundary `name`; it ends or halts here when it was armed.

    `word`: the type of what another helpdesk is told or says, when it is that.
    """
    for deadly, left in _armed.items():
        for place in left.keys() & {name, f"{name}@{word}"}:
            left[place] -= 1
            if left[place] <= 0:
                del left[place]
                os.write(sys.stderr.fileno(), f"{REACHED} {place}\n".encode())
                os.kill(os.getpid(), deadly)
