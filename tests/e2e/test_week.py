"""A week as coordinators get it: in an encrypted room, with a picture and a table that their own clients open."""

from helpdesk_bot.demo.media import picture_info
from tests.e2e.conftest import Noord

PATIENCE = 60  # the first time, the drawing process looks for every font there is


async def test_a_coordinator_asks_for_the_week(noord: Noord) -> None:
    room = noord.world.room("coordination")
    await noord.sanne.send(room, "!week")
    words = await noord.sanne.wait_for(room, r"Week \d+ · hele stad", within=PATIENCE, sender=noord.bot)
    picture = await noord.sanne.wait_for(
        room, lambda message: message.content.get("msgtype") == "m.image", within=PATIENCE, sender=noord.bot
    )
    table = await noord.sanne.wait_for(
        room, lambda message: message.content.get("msgtype") == "m.file", within=PATIENCE, sender=noord.bot
    )
    assert words.encrypted
    assert picture.encrypted
    assert "file" in picture.content
    assert picture_info(await noord.sanne.download(picture)) == {"w": 1080, "h": 1620}
    assert (await noord.sanne.download(table)).startswith(b"\xef\xbb\xbfwaar;")
    assert table.thread == words.event_id
