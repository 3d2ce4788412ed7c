"""`python -m helpdesk_bot`, and what the `helpdesk` command starts."""

import os

from helpdesk_bot.cli import app


def main() -> None:
    os.umask(0o077)  # whatever is written here is for this user's eyes only
    app()


if __name__ == "__main__":
    main()
