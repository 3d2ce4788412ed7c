"""Figures, and whether each is what it must be."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured. With a `limit`, more than that is a failure; without one it is there to be read."""

    part: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    remark: str = ""

    @property
    def good(self) -> bool:
        return self.limit is None or self.value <= self.limit

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "pass" if self.good else "FAIL"

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "good": self.good}


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def show(figures: Iterable[Figure], console: Console) -> None:
    table = Table()
    for column in ("part", "figure"):
        table.add_column(column)
    for column in ("value", "limit"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("", "remark"):
        table.add_column(column)
    for figure in figures:
        limit = "" if figure.limit is None else f"≤ {figure.limit:g}"
        table.add_row(
            figure.part,
            figure.name,
            f"{figure.value:.3g} {figure.unit}".strip(),
            limit,
            figure.verdict,
            figure.remark,
        )
    console.print(table)
