"""The names that playbooks use."""

from typing import Annotated, Literal

from pydantic import StringConstraints

NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=60)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Role = Literal["initiative", "technician", "trainer"]
PhaseId = Literal["prepare", "pilot", "migrate", "parallel", "cutover", "cleanup", "learn"]
PHASES: tuple[PhaseId, ...] = ("prepare", "pilot", "migrate", "parallel", "cutover", "cleanup", "learn")
START = "start"  # what a due moment may count from, apart from a step
