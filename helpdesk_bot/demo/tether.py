"""Starts a program that dies with the process that started it, even when that one is killed with SIGKILL.

Run as `python -P -m helpdesk_bot.demo.tether PARENT_PID USER_ID SIGNAL PROGRAM ARGUMENT…`. It ties itself to its
parent and then becomes the program; USER_ID is the user to become first, or -1. The kernel counts the *thread* that
started it as the parent, so start it from one that lives as long as the program should: the event loop's.
"""

import asyncio
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def start(
    command: Sequence[str],
    log: Path,
    *,
    user_id: int = -1,
    deadly: signal.Signals = signal.SIGKILL,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts `command`, tied to this process, with its output at the end of the file `log`."""
    tether = [sys.executable, "-P", "-m", __name__, str(os.getpid()), str(user_id), str(int(deadly))]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*tether, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Its own group: Ctrl-C in a terminal reaches only us, and we end it in good order.
            process_group=0,
            env={**os.environ, **(environment or {})},
        )


async def ended(process: subprocess.Popen[bytes], within: float) -> None:
    """Waits until `process` has ended by itself; after `within` seconds it is killed."""
    try:
        await asyncio.to_thread(process.wait, within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _become(parent: int, user_id: int, deadly: int, command: list[str]) -> None:
    if user_id >= 0:
        os.setgroups([])
        os.setgid(pwd.getpwuid(user_id).pw_gid)
        os.setuid(user_id)
        os.chdir("/")  # that user may not be allowed where we are
    # After setuid, which would clear it; it survives execv.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, deadly) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses to tie this process to its parent")
    if os.getppid() != parent:  # it went away before we were tied to it
        sys.exit(1)
    os.execv(command[0], command)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
