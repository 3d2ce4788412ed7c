"""The database: there, of this version, and what waits in it for a person."""

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import damaged, head, revision_of, steps
from helpdesk_bot.storage.models import InboxEvent, OutboxRow

_SUBJECT = "database"


async def check_database(config: Config) -> list[Result]:
    try:
        revision = await revision_of(config.database_url)
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        what = f"it can't be opened ({type(cause).__name__})"
        return [Result("error", _SUBJECT, what, "Check its address, that it is up, and the user's rights.")]
    if revision is None:
        return [Result("error", _SUBJECT, "it is empty", "Run `helpdesk migrate` (or `helpdesk init`).")]
    if revision not in steps():
        what = f"it is at step {revision}, which this version does not know: a newer one made it"
        return [Result("error", _SUBJECT, what, "Install that version again, or restore a backup.")]
    if revision != head():
        what = f"it is at step {revision}, this version needs {head()}"
        return [Result("error", _SUBJECT, what, "Make a backup, then run `helpdesk migrate`.")]
    try:
        if damage := await damaged(config.database_url):
            return [Result("error", _SUBJECT, f"it is damaged ({damage})", "Restore a backup.")]
        return [Result("ok", _SUBJECT, f"reachable, at step {revision}"), *await _waiting(config)]
    except SQLAlchemyError as error:
        what = f"it can't be read ({type(getattr(error, 'orig', None) or error).__name__})"
        return [Result("error", _SUBJECT, what, "Restore a backup.")]


async def _waiting(config: Config) -> list[Result]:
    db = Database(config.database_url)
    try:
        async with db.reading() as session:
            failed = await session.scalar(select(func.count()).where(InboxEvent.state == "failed")) or 0
            unsent = await session.scalar(select(func.count()).where(OutboxRow.state == "failed")) or 0
    finally:
        await db.close()
    results = []
    if failed:
        what, remedy = f"{failed} events could not be worked on", "See them with `helpdesk replay`."
        results.append(Result("warning", _SUBJECT, what, remedy))
    if unsent:
        what = f"{unsent} messages could not be sent; the coordinators were told"
        remedy = "See them with `helpdesk replay`; `helpdesk replay --all` sends them again."
        results.append(Result("warning", _SUBJECT, what, remedy))
    return results
