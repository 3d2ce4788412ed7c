"""What a run has shown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from helpdesk_bot.boundaries import WHILE_RUNNING

_WRONG = ("lost", "duplicated", "leaked", "unreached", "troubles")
_SHOWN = 20


@dataclass
class Result:
    """`unreached`: boundaries at which it was never killed. `troubles`: of another kind, such as an event that failed."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    messages: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in _WRONG)

    def as_json(self) -> dict[str, object]:
        return {**vars(self), "kills": dict(self.kills), "killed": self.kills.total(), "clean": self.clean}

    def lines(self) -> Iterator[str]:
        yield f"kills        {self.kills.total()} in {self.seconds:.0f} s"
        others = sorted(self.kills.keys() - set(WHILE_RUNNING))
        yield from (f"             {self.kills[where]:4} {where}" for where in (*WHILE_RUNNING, *others))
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.messages.items())
        yield f"messages in  {sum(self.messages.values())} ({kinds})"
        for name in _WRONG:
            found = getattr(self, name)
            yield f"{name:12} {len(found)}"
            yield from (f"             {line}" for line in found[:_SHOWN])
