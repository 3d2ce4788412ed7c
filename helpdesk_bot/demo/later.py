"""`helpdesk run` by a clock that is ahead: so that a night and a Monday morning can be shown on any day.

python -m helpdesk_bot.demo.later CONFIG SECONDS
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from helpdesk_bot.cli.run import run_by
from helpdesk_bot.clock import utc_now


def main(config: str, seconds: str) -> None:
    """Runs the helpdesk as if it were `seconds` later than it is."""
    ahead = timedelta(seconds=float(seconds))

    def clock() -> datetime:
        return utc_now() + ahead

    run_by(Path(config), clock)


if __name__ == "__main__":
    main(*sys.argv[1:])
