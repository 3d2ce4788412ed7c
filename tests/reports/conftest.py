from collections.abc import AsyncIterator

import pytest

from helpdesk_bot.reports.scope import Place
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Base, Member
from tests.conversation.stage import BOT, LAYOUT, in_a_hurry, room_row
from tests.reports.generator import HELPERS, ZONE

PLACE = Place(LAYOUT, ZONE, BOT)


@pytest.fixture
def place() -> Place:
    return PLACE


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the rooms of the helpdesk: Noord has one technician, West two, Nieuw-West nobody."""
    db = Database(database_url)
    if db.is_sqlite:
        in_a_hurry(db)
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    teams = {
        "!team-noord:test": [HELPERS[0], "@els:test"],
        "!team-west:test": HELPERS[1:3],
        "!team-nw:test": [],
        "!team-stad:test": HELPERS[:5],
        "!coordinatie:test": ["@els:test"],
    }
    async with db.transaction() as session:
        for room, people in teams.items():
            session.add(room_row(room))
            for user in [*people, BOT]:
                session.add(Member(room_id=room, user_id=user, membership="join", name=user[1:-5]))
    yield db
    await db.close()
