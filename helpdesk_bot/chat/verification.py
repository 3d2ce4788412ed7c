"""'Verify' in a client asks the bot to compare emoji. It can't, and says so at once instead of letting people wait.

See the Matrix specification, 'Key verification framework': a request is a message, a cancel refers to it.
"""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.storage.outbox import Outgoing


def asked(event: InboxEvent) -> bool:
    return (event.content or {}).get("msgtype") == "m.key.verification.request"


async def decline(act: Act, event: InboxEvent) -> None:
    """Ends the request and explains why the conversation is safe all the same."""
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
    await act.post(event.room_id, act.words(language, "verify.explained"))
