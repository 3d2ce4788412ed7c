"""The overview of a week as coordinators find it in their room: its words, its files, and when."""

from datetime import UTC, datetime

from helpdesk_bot.actions import weekly
from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import File
from tests.conversation.conftest import COORDINATION
from tests.conversation.stage import Said, Stage

# The stage begins on Monday 23 November 2026 at ten, local time; the next Monday at nine is this.
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
NORA = "@nora:test"


async def planned(stage: Stage) -> None:
    async with stage.db.transaction() as session:
        await weekly.plan(Act(session, stage.now, stage.setting))


async def until(stage: Stage, moment: datetime) -> list[Said]:
    return await stage.passes(moment - stage.now)


def words(said: list[Said], room: str = COORDINATION) -> list[Said]:
    return [s for s in said if s.room == room and s.type == "m.room.message" and FILE_KEY not in s.content]


def files(said: list[Said], room: str = COORDINATION) -> list[Said]:
    return [s for s in said if s.room == room and FILE_KEY in s.content]


async def table(stage: Stage, said: Said) -> str:
    """The CSV that was sent, as text."""
    async with stage.db.reading() as session:
        file = await session.get_one(File, int(said.event_id.removeprefix("$out")))
        assert file.data is not None
        return file.data.decode("utf-8-sig")
