"""A playbook as far as the order of things goes: the steps that this run has, and what each needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Planned:
    """One step. `needs`: steps above it. `sign_off`: the roles that have to say yes, besides its own, before it may be done. `decides`:
    the role that says whether it begins, where that is not its own: it is the turning point.

    `due`: so long after the start, or after the step that `due_after` names. `rest`: how long the run sleeps before it.
    """

    id: str
    role: str
    needs: frozenset[str] = frozenset()
    irreversible: bool = False
    sign_off: frozenset[str] = frozenset()
    decides: str | None = None
    rest: timedelta | None = None
    due: timedelta | None = None
    due_after: str | None = None

    @property
    def signers(self) -> list[str]:
        """The roles that have to say yes to a step without a way back: whoever does it, and the others."""
        return [self.role, *sorted(self.sign_off - {self.role})]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in order. Those that the inputs leave out are not there; a need for one of them is met."""

    steps: tuple[Planned, ...]

    def __iter__(self) -> Iterator[Planned]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def step(self, name: str) -> Planned:
        """Raises KeyError for a step that is not there."""
        for step in self.steps:
            if step.id == name:
                return step
        raise KeyError(name)

    def before(self, name: str) -> Sequence[Planned]:
        """Every step that stands above this one."""
        at = self.steps.index(self.step(name))
        return self.steps[:at]

    def leaning_on(self, name: str) -> Sequence[Planned]:
        """The steps that need this one, directly or through others, in order."""
        found = {name}
        leaning = []
        for step in self.steps:
            if step.needs & found:
                found.add(step.id)
                leaning.append(step)
        return leaning
