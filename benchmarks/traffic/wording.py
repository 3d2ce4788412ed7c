"""How large the words are that helpdesks say to one another: those of the product, with what usually stands in them."""

import json
from datetime import UTC, datetime, timedelta

from helpdesk_bot.domain.federation.lending import In
from helpdesk_bot.protocol.reading import written
from helpdesk_bot.protocol.words import (
    MOST_LISTED,
    Accept,
    Close,
    Compared,
    Confirm,
    Decline,
    Hello,
    Message,
    Offer,
    Served,
    Status,
    Sync,
    Withdraw,
    Word,
)

_REF = "0123456789abcdef" * 2
_AT = datetime(2026, 9, 7, 9, 30, 12, 345_678, tzinfo=UTC)
_OF = {"lend": _REF, "version": 1}


def size(word: Word) -> int:
    """Bytes of its JSON."""
    return len(json.dumps(written(word), ensure_ascii=False, separators=(",", ":")).encode())


OFFER = size(
    Offer(
        **_OF,
        language="nl",
        topic="mail",
        stadsdeel="Noord",
        asked_at=_AT,
        expires_at=_AT + timedelta(hours=8),
    )
)
ACCEPT = size(Accept(**_OF, helper="Joris de Vries"))
DECLINE = size(Decline(**_OF))
CONFIRM = size(
    Confirm(
        **_OF,
        number=1234,
        subject="Onze mailbox loopt over en niemand kan nog mailen",
        requester="Fatima El Amrani",
        organisation="Buurthuis De Boeg",
        messages=1,
        confirmed_at=_AT,
    )
)
WITHDRAW = size(Withdraw(**_OF, reason="taken"))
STATUS = size(Status(**_OF, status="solved", helper="Joris de Vries"))
CLOSE = size(Close(**_OF, reason="confirmed", rating=5))
MESSAGE = size(
    Message(
        lend=_REF, n=2, id=_REF, kind="answer", by="Joris de Vries", text="Dat is te doen. " * 10, said_at=_AT
    )
)
_LINE = Compared(lend=_REF, side="helper", state=In.WORKING, version=3, seen=2, said=3, heard=3)
_NOTHING = size(Sync(lends=[], answer=True))
_EACH = size(Sync(lends=[_LINE] * 2, answer=True)) - size(Sync(lends=[_LINE], answer=True))


def syncs(lends: int) -> tuple[int, int]:
    """Words, and bytes, in which one helpdesk says what it knows of so many lent questions."""
    words = -(-lends // MOST_LISTED)
    return words, words * _NOTHING + lends * _EACH


def hello(name: str, languages: frozenset[str], topics: frozenset[str], room: int) -> int:
    return size(
        Hello(
            versions=[1],
            name=name,
            stadsdelen=[Served(id="noord", name="Noord")],
            languages=sorted(languages),
            topics=sorted(topics),
            room=room,
            trusts=True,
        )
    )
