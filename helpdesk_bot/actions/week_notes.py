"""What coordinators write in the thread of a week is kept with it, and follows when they correct or delete it."""

from typing import Any

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain import media
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.storage import outbox, weeks
from helpdesk_bot.storage.models import WeekNote, WeekPost
from helpdesk_bot.texts.render import Link, Quote, Rendered
from helpdesk_bot.texts.values import event_url

SHOWN = 10  # notes
SHOWN_OF_EACH = 400  # characters


async def keep(
    act: Act,
    post: WeekPost,
    who: Standing,
    *,
    event_id: str,
    text: str | None,
    file: dict[str, Any] | None,
) -> None:
    """A note, marked as kept. Of a file its name is kept: the file stays in the thread."""
    words = text or (media.file_name(file) if file else "")
    act.session.add(
        WeekNote(post_id=post.id, event_id=event_id, sender=who.user_id, text=words, sent_at=act.now)
    )
    await act.mark(act.layout.coordination, event_id, "week.mark_kept")


async def correct(act: Act, note: WeekNote, text: str) -> None:
    note.text, note.edited_at = text, act.now


async def delete(act: Act, note: WeekNote) -> None:
    await act.session.delete(note)


async def said_about(act: Act, post: WeekPost, voice: Voice) -> list[Rendered]:
    """The newest notes, the oldest of them first, and where the conversation is."""
    notes = await weeks.notes(act.session, post.id)
    parts = []
    if notes:
        lines = [
            voice.say(
                "week.note",
                name=await act.name(note.sender, act.layout.coordination),
                text=Quote(note.text, longest=SHOWN_OF_EACH),
            )
            for note in notes[-SHOWN:]
        ]
        parts += [voice.say("week.notes"), act.texts.bullets(lines)]
        if len(notes) > SHOWN:
            parts.append(voice.say("week.more_notes", n=len(notes) - SHOWN))
    event = await outbox.event_of(act.session, post.outbox_id)
    if event is not None:
        thread = Link(event_url(act.layout.coordination, event), voice.word("week.thread"))
        parts.append(voice.say("week.its_thread", thread=thread))
    return parts
