"""Checks a person's client against the homeserver: a count is worth nothing if the one who counts is asleep."""

from helpdesk_bot.demo.api import path
from helpdesk_bot.demo.person import Person

_PAGE = 500


async def missed(person: Person) -> list[str]:
    """Events that the homeserver has for this person and that their client does not show."""
    found: list[str] = []
    for room_id, room in person.rooms.items():
        position: str | None = None
        while True:
            params = {"dir": "b", "limit": str(_PAGE)} | ({"from": position} if position else {})
            page = await person.api.call("GET", path("rooms", room_id, "messages"), params=params)
            found += [
                f"{person.name}'s client missed {event['event_id']} in {room_id}"
                for event in page["chunk"]
                if event["event_id"] not in room.timeline
            ]
            position = page.get("end")
            if position is None:
                break
    return found
