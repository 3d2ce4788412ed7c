"""`python -m helpdesk_bot`, and what the `helpdesk` command starts."""

import os
import sys


def main() -> None:
    os.umask(0o077)  # whatever is written here is for this user's eyes only
    if sys.argv[1:2] == ["run"]:
        # It runs for months, and need not carry what the other commands are made of.
        from helpdesk_bot.cli.run import app

        app(sys.argv[2:], prog_name="helpdesk run")
    else:
        from helpdesk_bot.cli.commands import app

        app()


if __name__ == "__main__":
    main()
