"""The chapters in their order, and the counting at the end."""

from helpdesk_bot.demo.expectations import Expectations, NotMet
from helpdesk_bot.demo.listener import NotSeen
from helpdesk_bot.demo.story import (
    direct_chat,
    help_room,
    migration,
    monday,
    neighbours,
    night,
    own_room,
    proofs,
)
from helpdesk_bot.demo.story.telling import Telling

CHAPTERS = (direct_chat, help_room, own_room, migration, neighbours, night, monday)


async def play(telling: Telling) -> None:
    """Tells every chapter. One that goes wrong is broken off, and the next one begins."""
    expectations = telling.expectations
    for number, chapter in enumerate(CHAPTERS, start=1):
        expectations.chapter = f"Story {number}: {chapter.TITLE}"
        telling.screen.chapter(number, len(CHAPTERS), chapter.TITLE, chapter.SCENE)
        try:
            await chapter.tell(telling)
        except NotMet:
            expectations.holds("the rest of this story", "not reached, because of the miss above")
        except NotSeen as error:
            expectations.holds("what people do reaches the homeserver", str(error).splitlines()[0])
        if not telling.stage.bot.running:
            await telling.stage.bot.start()
    expectations.chapter = proofs.TITLE
    telling.screen.heading(proofs.TITLE)
    await proofs.count(telling)


def verdict(expectations: Expectations) -> int:
    """The exit status of the demo."""
    return 0 if expectations.met else 1
