"""Synapse that does not wait for the disk: what people say to a demo or a test need not survive a power cut.

It commits some ten times for one message, and each time costs milliseconds of doing nothing. However the process itself
ends, nothing is lost.
"""

from synapse.app.homeserver import main
from synapse.storage.database import LoggingDatabaseConnection
from synapse.storage.engines import Sqlite3Engine

_open = Sqlite3Engine.on_new_connection


def _open_in_a_hurry(self: Sqlite3Engine, db_conn: LoggingDatabaseConnection) -> None:
    _open(self, db_conn)
    db_conn.execute("PRAGMA synchronous = OFF")


if __name__ == "__main__":
    Sqlite3Engine.on_new_connection = _open_in_a_hurry  # type: ignore[method-assign]
    main()
