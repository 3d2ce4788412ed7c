"""What really is in a room, as people's own clients read it."""

from helpdesk_bot.demo.person import Person


def spoken(person: Person, room: str) -> list[str]:
    """Everything that really is in the room, as this person's client reads it, doubles included."""
    return [
        str(event.content.get("body"))
        for event in person.events(room)
        if event.type == "m.room.message" and event.sender != person.user_id
    ]


async def sees(person: Person, room: str, *texts: str) -> None:
    for text in texts:
        await person.wait_for(room, text)
