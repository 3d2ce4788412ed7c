"""The life of one step, and of a whole run. Everything that affects them must live here: two tables, and nothing else
changes a state.

*Done* is what somebody says, *verified* what was looked at. They are never mixed up.
"""

from enum import StrEnum

from helpdesk_bot.domain.moves import follows


class Step(StrEnum):
    TODO = "todo"  # not yet its turn
    DOING = "doing"  # its turn: whoever has the role has been told
    WAITING = "waiting"  # a time of rest runs, and ends by itself
    DONE = "done"  # somebody says so; not looked at yet
    VERIFIED = "verified"  # and it was looked at
    SKIPPED = "skipped"  # left out, for a reason that is written down
    FAILED = "failed"  # it was looked at, and it is not so
    ROLLED_BACK = "rolled_back"  # undone, by the way back that the step gives


class StepMove(StrEnum):
    BEGIN = "begin"  # its needs are met
    REST = "rest"  # its needs are met, and first a time has to pass
    WAKE = "wake"  # the time has passed
    FINISH = "finish"  # somebody says it is done
    PASS = "pass"  # the check says it is so
    FAIL = "fail"  # the check says it is not
    SKIP = "skip"
    PUT_BACK = "put_back"  # it was not done after all, or is wanted after all
    ROLL_BACK = "roll_back"


class Run(StrEnum):
    ACCEPTING = "accepting"  # the losses are shown, and nothing begins before they are accepted
    RUNNING = "running"
    RECONSIDERING = (
        "reconsidering"  # more is lost than they said yes to: nothing goes on before they do again
    )
    PAUSED = "paused"
    FINISHED = "finished"  # every step is verified or left out
    RETURNING = "returning"  # the way back is being gone, the last step first
    STOPPED = "stopped"  # for a reason that is written down
    ROLLED_BACK = "rolled_back"  # and what had been done was undone


class RunMove(StrEnum):
    ACCEPT = "accept"
    RECONSIDER = "reconsider"
    ACCEPT_MORE = "accept_more"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    STOP = "stop"
    GO_BACK = "go_back"  # somebody who may decide that says: back
    ROLL_BACK = "roll_back"  # all that can be undone is undone


S, M = Step, StepMove
STEPS: dict[tuple[Step, StepMove], Step] = {
    (S.TODO, M.BEGIN): S.DOING,
    (S.TODO, M.REST): S.WAITING,
    (S.TODO, M.SKIP): S.SKIPPED,
    (S.WAITING, M.WAKE): S.DOING,
    (S.WAITING, M.SKIP): S.SKIPPED,
    (S.WAITING, M.PUT_BACK): S.TODO,
    (S.DOING, M.FINISH): S.DONE,
    (S.DOING, M.SKIP): S.SKIPPED,
    (S.DOING, M.PUT_BACK): S.TODO,
    (S.DONE, M.PASS): S.VERIFIED,
    (S.DONE, M.FAIL): S.FAILED,
    (S.DONE, M.PUT_BACK): S.TODO,
    (S.DONE, M.ROLL_BACK): S.ROLLED_BACK,
    (S.FAILED, M.FINISH): S.DONE,
    (S.FAILED, M.PASS): S.VERIFIED,
    (S.FAILED, M.SKIP): S.SKIPPED,
    (S.FAILED, M.PUT_BACK): S.TODO,
    (S.FAILED, M.ROLL_BACK): S.ROLLED_BACK,
    (S.VERIFIED, M.FAIL): S.FAILED,
    (S.VERIFIED, M.PUT_BACK): S.TODO,
    (S.VERIFIED, M.ROLL_BACK): S.ROLLED_BACK,
    (S.SKIPPED, M.PUT_BACK): S.TODO,
    (S.ROLLED_BACK, M.PUT_BACK): S.TODO,
}

R, N = Run, RunMove
RUNS: dict[tuple[Run, RunMove], Run] = {
    (R.ACCEPTING, N.ACCEPT): R.RUNNING,
    (R.ACCEPTING, N.STOP): R.STOPPED,
    (R.RUNNING, N.RECONSIDER): R.RECONSIDERING,
    (R.RECONSIDERING, N.ACCEPT_MORE): R.RUNNING,
    (R.RECONSIDERING, N.PAUSE): R.PAUSED,
    (R.RECONSIDERING, N.STOP): R.STOPPED,
    (R.RECONSIDERING, N.GO_BACK): R.RETURNING,
    (R.RUNNING, N.PAUSE): R.PAUSED,
    (R.RUNNING, N.FINISH): R.FINISHED,
    (R.RUNNING, N.STOP): R.STOPPED,
    (R.RUNNING, N.GO_BACK): R.RETURNING,
    (R.PAUSED, N.RESUME): R.RUNNING,
    (R.PAUSED, N.STOP): R.STOPPED,
    (R.PAUSED, N.GO_BACK): R.RETURNING,
    (R.FINISHED, N.GO_BACK): R.RETURNING,
    (R.RETURNING, N.RESUME): R.RUNNING,
    (R.RETURNING, N.STOP): R.STOPPED,
    (R.RETURNING, N.ROLL_BACK): R.ROLLED_BACK,
}

ENDED = frozenset({R.FINISHED, R.STOPPED, R.ROLLED_BACK})
UNDECIDED = frozenset({R.ACCEPTING, R.RECONSIDERING})  # what is lost has still to be accepted
HELD = frozenset({R.PAUSED, R.RECONSIDERING})  # it stands still on the way
SETTLED = frozenset({S.VERIFIED, S.SKIPPED})  # nothing is left to do or to look at
MET = frozenset({S.DONE, S.VERIFIED, S.SKIPPED})  # what needs it may begin
OPEN = frozenset({S.DOING, S.FAILED})  # somebody's turn


def after_step(state: Step, move: StepMove) -> Step:
    """The state that follows. Raises NotPossible when the table has no such move."""
    return follows(STEPS, state, move)


def after_run(state: Run, move: RunMove) -> Run:
    """The state that follows. Raises NotPossible when the table has no such move."""
    return follows(RUNS, state, move)
