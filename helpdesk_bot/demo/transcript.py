"""What was said, where, by whom, as the clients of the people in the story received it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from helpdesk_bot.demo.expectations import Expectation

Kind = Literal["message", "file", "edit", "reaction", "deletion", "join"]


@dataclass(frozen=True)
class Line:
    """One event. `direction` is seen from the helpdesk: 'in' from a person, 'out' from the bot.

    `seen_by` is the person whose client received it, `after` how many seconds after it was sent. For an edit `text`
    is all of the new text and `changed` what is new in it.
    """

    at: str
    room: str
    room_id: str
    person: str
    direction: Literal["in", "out"]
    kind: Kind
    text: str
    event_id: str
    encrypted: bool
    in_thread: bool
    seen_by: str
    after: float
    changed: str = ""


@dataclass
class Transcript:
    """The lines so far. `told` hears of each at once."""

    told: Callable[[Line], None]
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.told(line)

    def write(self, path: Path, expectations: list[Expectation], figures: dict[str, Any]) -> None:
        document = {
            "transcript": [asdict(line) for line in self.lines],
            "expectations": [asdict(expectation) for expectation in expectations],
            "figures": figures,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
