"""What a trainer answers before a run starts."""

import re

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget_personally
from helpdesk_bot.actions.runs import proposing
from helpdesk_bot.actions.runs.proposing import Proposal
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain import when_days
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks.answers import answer
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Dialog

LONGEST = 500  # characters of an answer
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


async def answered(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    text = (incoming.text or "").strip()
    if not text or incoming.file is not None or dialog.detail is None or len(text) > LONGEST:
        return False
    key, proposal, trainer = plain_key(text), Proposal.of(dialog.detail), dialog.user_id
    asked = proposal.next(act)
    stops = key in act.texts.word_list(None, "words.stop") | act.texts.word_list(None, "words.never_mind")
    if stops or (asked is None and reading.yes_or_no(act, text) is False):
        await forget_personally(act, trainer, proposing.DIALOG)
        said = act.words(await act.language_of(trainer), "start.cancelled")
        await act.post(incoming.room_id, said, thread=incoming.thread)
        return True
    if asked is None:
        if not reading.yes_or_no(act, text):
            return False
        who = await access.standing_of(act.session, act.layout, trainer)
        if not who.trainer and not who.coordinator:
            raise UserError("error.for_trainers", name="start")
        said = await proposing.begin(act, trainer, proposal)
        await act.post(incoming.room_id, said, thread=incoming.thread)
        return True
    if "?" in text and asked[1].type != "url":
        return False
    part, wanted = asked
    value = _value(act, proposal, part, wanted, text)
    await proposing.go_on(act, trainer, proposal.told(part, wanted.key, value))
    return True


async def explain(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    words = act.words(await act.language_of(dialog.user_id), "start.how_to_answer")
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)


def _value(act: Act, proposal: Proposal, part: int, asked: Input, text: str) -> Answer | None:
    """Raises UserError, which says what is expected."""
    key = plain_key(text)
    if part > 0 and key in act.texts.word_list(None, "words.same"):
        return proposal.answers[0][asked.key]
    if key in act.texts.word_list(None, "words.skip"):
        if asked.required:
            raise UserError("start.must")
        return None
    try:
        return answer(asked, _plainly(act, asked, text))
    except ValueError:
        raise _expected(asked) from None


def _plainly(act: Act, asked: Input, text: str) -> str:
    """The words as the format of playbooks writes such an answer."""
    if asked.type == "boolean":
        return {True: "yes", False: "no", None: text}[reading.yes_or_no(act, text)]
    if asked.type == "date":
        return _day(act, text)
    if asked.type == "choice":
        said = plain_key(text)
        for number, choice in enumerate(asked.choices, 1):
            if said in {str(number), *map(plain_key, (choice.value, *choice.label.values()))}:
                return choice.value
    return text


def _day(act: Act, text: str) -> str:
    """A day in figures, or in words such as '1 mei 2027'; with anything beside it, it may be meant otherwise."""
    if day := _DAY.fullmatch(text):
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    named = when_days.day(when_days.folded(text), act.now.astimezone(act.texts.zone).date())
    return named.on.isoformat() if named and named.on and named.place == (0, len(text)) else text


def _expected(asked: Input) -> UserError:
    if asked.type != "number":
        return UserError(f"start.expected.{asked.type}")
    bounds = {"low": asked.min, "high": asked.max}
    if None not in bounds.values():
        return UserError("start.expected.number_between", **bounds)
    if asked.min is not None:
        return UserError("start.expected.number_from", low=asked.min)
    if asked.max is not None:
        return UserError("start.expected.number_to", high=asked.max)
    return UserError("start.expected.number")
