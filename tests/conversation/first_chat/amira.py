"""Amira, who comes to help in Noord, and the chat that the bot begins with her."""

from datetime import timedelta

from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import TEAM
from tests.conversation.stage import Said, Stage, to

AMIRA = "@amira:test"
DM = "!new-dm-amira:test"
MINUTE = timedelta(minutes=1)


async def joins(stage: Stage, user: str, room: str = TEAM) -> list[Said]:
    """Somebody comes into a room."""
    await stage.join(room, user)
    name = user[1:].partition(":")[0].capitalize()
    content = {"membership": "join", "displayname": name}
    return (await stage.event(user, room, "m.room.member", content, state_key=user))[1]


async def technician(stage: Stage, user: str = AMIRA) -> Technician:
    async with stage.db.reading() as session:
        return await session.get_one(Technician, user)


async def says(stage: Stage, *words: str) -> str:
    """Amira writes in her direct chat; the one thing that the bot says back to the last of it."""
    for text in words:
        said = await stage.says(AMIRA, DM, text)
    [answer] = to(DM, said)
    return answer
