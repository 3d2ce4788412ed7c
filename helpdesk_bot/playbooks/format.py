"""The format `playbook/v1`. Each line of a file is explained where it is declared here; the JSON Schema for editors is
made of it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from helpdesk_bot.config.document import Route
from helpdesk_bot.config.durations import Duration
from helpdesk_bot.config.section import Section
from helpdesk_bot.playbooks.names import Key, Name, PhaseId, Role
from helpdesk_bot.playbooks.verify import Verify
from helpdesk_bot.playbooks.words import Text, Words

Confidence = Literal["primary", "secondary", "unverified"]


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "is not a day", {"remedy": "Write it as 2027-05-01."}) from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]


class Source(Section):
    """Where a fact comes from, and when somebody looked. `primary` is the maker's own page, `secondary` somebody else's;
    `unverified` is known by experience, and the trainer reads so."""

    url: Url | None = None
    seen: Day
    confidence: Confidence


class Fact(Section):
    """Something that the playbook relies on, for the trainer to know how surely it is known."""

    says: Words
    source: Source


class Audience(Section):
    size: Annotated[str, StringConstraints(pattern=r"^[0-9]+(-[0-9]+|\+)?$")]
    level: Literal["non-technical", "some-experience", "technical"] = "non-technical"


class Effort(Section):
    """Hours of work by role, and how long it takes from the first step to the last."""

    initiative: Duration
    technician: Duration
    trainer: Duration
    elapsed: Duration


class PersonalData(Section):
    """`breach_check`: before anything moves it is looked at whether strangers could have read it."""

    kinds: list[Words] = Field(default_factory=list)
    breach_check: bool = False
    note: Words | None = None


class Required(Section):
    playbook: Name


class NotRequired(Section):
    """What other migrations start from and this one does not, and why: for the trainer, and for who edits it later."""

    playbook: Name
    because: Words


class Choice(Section):
    value: Name
    label: Words


class Input(Section):
    """What is asked when a run starts. Never a password or another secret."""

    key: Key
    label: Words
    type: Literal["text", "number", "boolean", "date", "choice", "person", "url"]
    required: bool = True
    min: int | None = None
    max: int | None = None
    choices: list[Choice] = Field(default_factory=list)


class When(Section):
    """The step is there only when this input has this value."""

    input: Key
    is_: Annotated[bool | int | str, Field(alias="is")]


class Due(Section):
    """So many days after the start of the run, or after a step is done."""

    after: Literal["start"] | Name
    days: Annotated[int, Field(ge=0, le=730)]


class Wait(Section):
    """A time in which nobody has to do anything: the run sleeps, and wakes by itself. It comes before the step; `during`: the
    step is about this time, so people read it when the time begins, and are asked how it went when it is over."""

    days: Annotated[int, Field(ge=1, le=730)]
    for_: Annotated[Words, Field(alias="for")]
    during: bool = False


class Evidence(Section):
    """What whoever did the step tells about it: no personal data. `key`: its name where two numbers are compared."""

    type: Literal["number", "text", "choice", "file"]
    ask: Words
    key: Key | None = None
    choices: list[Choice] = Field(default_factory=list)


class NoEvidence(Section):
    """There is nothing to tell, said in so many words."""

    type: Literal["none"]


def _told(value: Any) -> Any:
    """To say that nothing is told, and to say nothing of it, is one and the same from here on."""
    if not isinstance(value, dict) or value.get("type") != "none":
        return value
    if len(value) > 1:
        remedy = "Take out what stands beside `type: none`, or choose another type."
        raise PydanticCustomError("told", "asks for nothing, and asks something", {"remedy": remedy})
    return None


class Rollback(Section):
    """The way back, and up to which phase there is one."""

    how: Annotated[list[Words], Field(min_length=1, max_length=5)]
    until: PhaseId | None = None


class Help(Section):
    """Where one reads more, and what whoever helps should know: a tool of the catalogue, or a topic."""

    kb: list[Url] = Field(default_factory=list)
    skill: Name | None = None


class Step(Section):
    id: Name
    title: Words
    why: Words
    how: Annotated[list[Words], Field(min_length=1, max_length=5)]
    role: Role
    helps: list[Role] = Field(default_factory=list)
    needs: list[Name] = Field(default_factory=list)
    when: When | None = None
    minutes: Annotated[int, Field(ge=1, le=2_400)]
    due: Due | None = None
    wait: Wait | None = None
    evidence: Annotated[
        Evidence | None, BeforeValidator(_told, json_schema_input_type=Evidence | NoEvidence | None)
    ] = None
    verify: Verify
    rollback: Rollback | None = None
    irreversible: bool = False
    sign_off: list[Role] = Field(default_factory=list)
    privacy: Words | None = None
    facts: list[Fact] = Field(default_factory=list)
    help: Help = Help()


class Phase(Section):
    id: PhaseId
    title: Words
    steps: Annotated[list[Step], Field(min_length=1)]


class Cutover(Section):
    """`freeze`: nobody changes the old place any more. `decides`: who says when, and who may say 'go back'."""

    freeze: bool
    decides: Role
    rollback_window: Duration


class Value(Section):
    """What a finished run adds to the weekly figures: tools left, people moved, euros a year that stay."""

    leaves: list[Name] = Field(default_factory=list)
    people: str | int | None = None
    euros_a_year: str | int | None = None


class Success(Section):
    """Two numbers that must be equal at the end, told as evidence or as an input; or one and a figure."""

    metric: Key
    equals: Key | int


class Retrospective(Section):
    after: Duration
    questions: Annotated[list[Words], Field(min_length=1, max_length=5)]


class Playbook(Section):
    """How one organisation goes from one tool to another, or puts one thing in order, step by step."""

    schema_: Annotated[Literal["playbook/v1"], Field(alias="schema")]
    id: Name
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    title: Words
    summary: Words
    from_: Annotated[list[Name], Field(alias="from", default_factory=list)]
    to: list[Name] = Field(default_factory=list)
    audience: Audience
    effort: Effort
    owner: Text
    review_by: Day
    sources: list[Source] = Field(default_factory=list)
    facts: list[Fact] = Field(default_factory=list)
    personal_data: PersonalData = PersonalData()
    requires: list[Required] = Field(default_factory=list)
    not_required: list[NotRequired] = Field(default_factory=list)
    losses: list[Words] = Field(default_factory=list)
    stop_if: list[Words] = Field(default_factory=list)
    inputs: list[Input] = Field(default_factory=list)
    phases: Annotated[list[Phase], Field(min_length=1)]
    cutover: Cutover | None = None
    value: Value = Value()
    success: list[Success] = Field(default_factory=list)
    retrospective: Retrospective | None = None

    @property
    def steps(self) -> list[Step]:
        """All of them, in order."""
        return [step for phase in self.phases for step in phase.steps]

    def places(self) -> Iterator[tuple[Route, Step]]:
        """All of them, each with its place in the file."""
        for number, phase in enumerate(self.phases):
            for at, step in enumerate(phase.steps):
                yield ("phases", number, "steps", at), step
