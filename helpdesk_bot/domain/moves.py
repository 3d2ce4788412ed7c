"""Tables of moves: which state follows from which. What has a life of its own has one, and nothing else changes its state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Move = TypeVar("Move", bound=StrEnum)


class NotPossible(Exception):
    """This move can't be made from this state."""

    def __init__(self, state: StrEnum, move: StrEnum) -> None:
        super().__init__(f"{move} from {state}")
        self.state = state
        self.move = move


def follows(table: Mapping[tuple[State, Move], State], state: State, move: Move) -> State:
    """The state that follows. Raises NotPossible when the table has no such move."""
    try:
        return table[state, move]
    except KeyError:
        raise NotPossible(state, move) from None
