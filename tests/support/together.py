"""Which process runs which test, when there are several.

pytest-xdist's own `--dist loadgroup` tells this by an ending of the test's name that pytest 9.2 does not keep, and then
groups nothing without a word.
"""

from typing_extensions import override
from xdist.scheduler import LoadScopeScheduling

# What is in these shares what takes long to make: played demos, homeservers that federate.
TOGETHER = ("tests/demo/test_demo.py", "tests/federation/conformance", "tests/federation")


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Test by test to whichever process has time; those that share something follow one another in one."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((place for place in TOGETHER if f"{path}/".startswith(f"{place}/")), nodeid)
