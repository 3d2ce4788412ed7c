"""What a helpdesk by the book keeps of one lend, and what it says about it."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import Compared, Confirm, Message, Offer, OfLend, StateWord

S = TypeVar("S", bound=StateWord)


@dataclass
class Lent:
    """What it knows of one lend: all that it said, and all that it heard but what a test lost."""

    ref: str
    side: str
    state: str = "offered"
    said: list[OfLend] = field(default_factory=list)
    heard: list[OfLend] = field(default_factory=list)

    def next_version(self) -> int:
        return max((word.version for word in self.said if isinstance(word, StateWord)), default=0) + 1

    def next_place(self) -> int:
        return max((word.n for word in self.said if isinstance(word, Message)), default=0) + 1

    def line(self) -> Compared:
        places = {word.n for word in self.heard if isinstance(word, Message)}
        return Compared(
            lend=self.ref,
            side=self.side,
            state=self.state,
            version=self.next_version() - 1,
            seen=max((word.version for word in self.heard if isinstance(word, StateWord)), default=0),
            said=self.next_place() - 1,
            heard=next(n for n in count() if n + 1 not in places),
        )

    @classmethod
    def new(cls) -> "Lent":
        """Something that is going to be offered."""
        return cls(uuid4().hex, "origin")

    def offer(self, **but: Any) -> Offer:
        now = utc_now()
        known = {"language": "nl", "asked_at": now, "expires_at": now + timedelta(hours=8)}
        return self.anew(Offer, **known | but)

    def confirm(self, **but: Any) -> Confirm:
        known = {"number": 7, "subject": "De printer", "requester": "Fatima", "confirmed_at": utc_now()}
        return self.anew(Confirm, **known | but)

    def anew(self, kind: type[S], **fields: Any) -> S:
        """This state, as news."""
        word = kind(**{"lend": self.ref, "version": self.next_version(), **fields})
        self.said.append(word)
        return word

    def message(self, text: str, **but: Any) -> Message:
        known = {"n": self.next_place(), "id": uuid4().hex, "by": "Fatima"}
        word = Message(lend=self.ref, text=text, said_at=utc_now(), **known | but)
        self.said.append(word)
        return word
