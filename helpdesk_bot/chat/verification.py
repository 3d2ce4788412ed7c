"""'Verify' in a client asks the bot to compare emoji. It can't, and says so at once instead of letting people wait.

See the Matrix specification, 'Key verification framework': a request is a message, a cancel refers to it.
"""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import InboxEvent, Room
from helpdesk_bot.storage.outbox import Outgoing


def asked(event: InboxEvent) -> bool:
    return (event.content or {}).get("msgtype") == "m.key.verification.request"


async def decline(act: Act, event: InboxEvent) -> None:
    """Ends the request and explains what that means for the conversation."""
    content = event.content or {}
    if content.get("to") != act.setting.bot:
        return
    language = await act.language_of(event.sender)
    reason = act.words(language, "verify.reason").body
    await outbox.enqueue(
        act.session,
        Outgoing(
            event.room_id,
            {
                "code": "m.user",
                "reason": reason,
                "m.relates_to": {"rel_type": "m.reference", "event_id": event.event_id},
            },
            type="m.key.verification.cancel",
        ),
        act.now,
    )
    room = await act.session.get(Room, event.room_id)
    key = "verify.explained" if room is not None and room.encrypted else "verify.explained_open"
    await act.post(event.room_id, act.words(language, key))
