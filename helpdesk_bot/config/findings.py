"""What is wrong with the configuration: where, what, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a file or an environment variable; lines and columns count from 1."""

    where: str
    what: str
    remedy: str
    line: int | None = None
    column: int | None = None

    @property
    def place(self) -> str:
        return ":".join(str(part) for part in (self.where, self.line, self.column) if part is not None)

    @override
    def __str__(self) -> str:
        return f"{self.place}: {self.what}\n    {self.remedy}"


class ConfigError(Exception):
    """The configuration can't be used. Carries all findings, in the order of the file."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
