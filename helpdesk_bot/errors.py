"""What may go wrong because of somebody's input, and has a clear answer in their language."""

from typing import Any


class UserError(Exception):
    """Something a person can understand and mend. `key` names the text, `params` fill it in.

    Raised anywhere below the edge; caught once there, where the work is undone and the explanation is sent.
    """

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params
