"""Every message between two helpdesks. A field nobody knows is left alone, so that a newer minor version can add some."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

VERSION = 1  # of the protocol; two helpdesks speak the highest that both know
VERSIONS = (1,)
EVENT_TYPE = "nl.helpdesk.federation"
LONGEST_TEXT = 20_000  # characters of one message
# And bytes of its JSON: encrypted it grows by a third, and must fit the 65,536 of a Matrix event with all that is around it.
LARGEST_TEXT = 40_000
MOST_LISTED = 200  # lent questions in one comparison

Ref = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Counter = Annotated[int, Field(ge=1, le=1_000_000_000)]
Counted = Annotated[int, Field(ge=0, le=1_000_000_000)]
Seconds = Annotated[int, Field(ge=0, le=100_000_000_000)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class Word(BaseModel):
    """What all have in common."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    protocol: Literal[1] = Field(default=1, description="The version of the protocol.")
    type: str


class OfLend(Word):
    """Something about one lent question, `lend`, which the origin has given its id."""

    lend: Ref


class StateWord(OfLend):
    """Says in which state the sender is. `version` grows with each; what is not newer than the last is not looked at."""

    version: Counter


class Served(BaseModel):
    """A part of a city."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: Slug
    name: Name


class Hello(Word):
    """Who speaks, and what they could take over. Said when it changes, and as a sign of life."""

    type: Literal["hello"] = "hello"
    versions: list[Annotated[int, Field(ge=1, le=1000)]] = Field(min_length=1, max_length=20)
    name: Name
    stadsdelen: list[Served] = Field(default=[], max_length=50)
    languages: list[LanguageTag] = Field(max_length=50)
    topics: list[Slug] = Field(default=[], max_length=200)
    room: Count = Field(description="How many more questions would be taken over now.")
    trusts: bool = Field(
        description="Whether the people of the sender compared the numbers and trust the receiver."
    )
    era: Seconds = Field(
        default=0,
        description="When the sender's database was last put back from a backup, in seconds since 1970; 0 for never.",
    )
    answer: bool = Field(default=False, description="Whether a hello is wanted back at once.")


class Offer(StateWord):
    """Asks whether the receiver could take over a question. Says what is needed to decide that, and nothing of what was asked."""

    type: Literal["offer"] = "offer"
    language: LanguageTag
    topic: Slug | None = None
    stadsdeel: Name | None = None
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    kind: Literal["question", "step", "training"] = Field(
        default="question",
        description="A question; a step of a playbook; or an organisation that needs a trainer.",
    )
    asked_at: AwareDatetime
    expires_at: AwareDatetime


class Accept(StateWord):
    """Somebody at the sender's would help. `helper`: their name, if they want it known."""

    type: Literal["accept"] = "accept"
    helper: Name | None = None


class Decline(StateWord):
    type: Literal["decline"] = "decline"
    reason: Literal["declined", "no_room", "expired", "not_here"] = "declined"


class Confirm(StateWord):
    """The receiver has it, and nobody else. What was said so far follows as messages 1 to `messages`."""

    type: Literal["confirm"] = "confirm"
    number: Counter = Field(description="The number of the question at the origin.")
    subject: Annotated[str, StringConstraints(max_length=200)]
    requester: Name
    organisation: Name | None = None
    messages: Count = 0
    confirmed_at: AwareDatetime = Field(
        description="When it was confirmed first. Both count it in the week of this moment."
    )


class Withdraw(StateWord):
    """It is not asked of the receiver any more, or taken back."""

    type: Literal["withdraw"] = "withdraw"
    reason: Literal["taken", "expired", "taken_back", "solved", "removed", "unknown"]


class Return(StateWord):
    """The sender gives it back."""

    type: Literal["return"] = "return"
    reason: Literal["gave_back", "removed"] = "gave_back"


class Status(StateWord):
    """How far the sender is with it."""

    type: Literal["status"] = "status"
    status: Literal["looking", "working", "waiting", "solved"]
    helper: Name | None = None


class Close(StateWord):
    """It is finished. The receiver keeps it for whoever asked may come back."""

    type: Literal["close"] = "close"
    reason: Literal["confirmed", "expired", "merged"]
    rating: Annotated[int, Field(ge=1, le=5)] | None = None


class Media(BaseModel):
    """A file, as in the Matrix specification: where it is, and its key when it is encrypted. What is not listed is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    content: dict[str, Any]


class Message(OfLend):
    """Something that was said, corrected or deleted. `n` counts what the sender says about this question, without gaps.

    `id` names what was said; a correction or deletion has the id of what it is about.
    """

    type: Literal["message"] = "message"
    n: Counter
    id: Ref
    change: Literal["new", "edit", "delete"] = "new"
    kind: Literal["question", "answer", "thanks"] = "question"
    by: Name | None = Field(
        default=None, description="The name of whoever said it; none when they would rather not."
    )
    text: Text | None = None
    cut: bool = Field(default=False, description="Whether the text was longer.")
    file: Media | None = None
    said_at: AwareDatetime


class Compared(BaseModel):
    """One lent question as the sender sees it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    lend: Ref
    side: Literal["origin", "helper"]
    state: Annotated[str, StringConstraints(max_length=16)]
    version: Counted = Field(description="The sender's own.")
    seen: Counted = Field(description="The newest version of the receiver that the sender has heard.")
    said: Counted = Field(description="How many messages the sender has said.")
    # Fewer, so that no claim leaves the receiver without a place for what it says next.
    heard: Count = Field(description="Up to which message of the receiver the sender has heard all.")


class Sync(Word):
    """Compares what both sides know of what is lent, so that what was lost is said again."""

    type: Literal["sync"] = "sync"
    lends: list[Compared] = Field(max_length=MOST_LISTED)
    answer: bool = False


class Week(Word):
    """The sums of a week, without anything about a person; None is a figure about fewer than five people."""

    type: Literal["week"] = "week"
    begins: date
    figures: dict[Slug, Count | None] = Field(max_length=60)
    lent: Count = Field(description="Questions of the sender's that the receiver took over that week.")
    borrowed: Count = Field(description="Questions of the receiver's that the sender took over that week.")


class Problem(Word):
    """What could not be understood or may not be done. Never answered."""

    type: Literal["problem"] = "problem"
    code: Literal["version", "unknown_type", "malformed", "not_trusted", "too_many", "unknown_lend"]
    about: Annotated[str, StringConstraints(max_length=40)] | None = None
    lend: Ref | None = None


EVERY: tuple[type[Word], ...] = (
    Hello,
    Offer,
    Accept,
    Decline,
    Confirm,
    Withdraw,
    Return,
    Status,
    Close,
    Message,
    Sync,
    Week,
    Problem,
)
BY_TYPE: dict[str, type[Word]] = {str(word.model_fields["type"].default): word for word in EVERY}


def word_of(event_type: str, content: dict[str, Any]) -> object:
    """What the sender of an event calls the word in it; None when it is none."""
    return content.get("type") if event_type == EVENT_TYPE else None
