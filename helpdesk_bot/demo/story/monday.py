"""Monday, nine o'clock: how the week was, in words, a picture and a table, in the coordinators' room."""

from collections.abc import Callable
from datetime import datetime, timedelta

from helpdesk_bot.demo.cast import COORDINATION
from helpdesk_bot.demo.story.telling import ZONE, Telling
from helpdesk_bot.demo.timeline import Message
from helpdesk_bot.domain.weeks import MONDAY, next_opening

TITLE = "Monday morning"
SCENE = (
    "The helpdesk's clock goes on to Monday, a few seconds before nine. Yvonne, the coordinator, has her coffee and the "
    "coordinators' room open."
)
PICTURE = "week.png"
NOTE = "Goed om te zien. Laten we deze week kijken wie er nog meer nachtdienst wil doen."
_BEFORE = timedelta(seconds=4)  # the start takes a little less
_PNG = b"\x89PNG\r\n\x1a\n"


async def tell(telling: Telling) -> None:
    stage, room = telling.stage, telling.stage.rooms[COORDINATION]
    telling.witness.rooms[room] = "coordinators' room"
    telling.moment()
    await stage.later(_monday(stage.now))
    week = await telling.sees(
        "Yvonne", room, r"Week \d+ · hele stad", "how the week was in the whole city, in words"
    )
    picture = await telling.sees(
        "Yvonne",
        room,
        lambda message: message.msgtype == "m.image",
        "a picture, with a text that says the same",
    )
    seen = await telling.person("Yvonne").download(picture)
    (stage.folder / PICTURE).write_bytes(seen)
    telling.expectations.holds(
        "the picture came through encrypted, and opens",
        "" if seen.startswith(_PNG) and picture.encrypted else "it does not",
    )
    telling.screen.notice(f"The picture is in {stage.folder / PICTURE}.")
    await telling.sees("Yvonne", room, _table_in(week.event_id), "the figures as a table, in the thread")
    note = await telling.says("Yvonne", room, NOTE, thread=week.event_id)
    await telling.sees_mark(
        "Yvonne", room, note, "bewaard", "the words at her note that say it is kept with the week"
    )
    await telling.reacts("Yvonne", room, week.event_id, "✅")
    await telling.sees("Yvonne", room, "heeft week .* gelezen", "that the week has been ticked off as read")


def _monday(moment: datetime) -> datetime:
    """A few seconds before the next Monday's opening; the one after when those seconds have begun."""
    opening = next_opening(moment + _BEFORE, MONDAY, ZONE)
    return opening - _BEFORE


def _table_in(thread: str) -> Callable[[Message], bool]:
    return lambda message: message.thread == thread and message.msgtype == "m.file"
