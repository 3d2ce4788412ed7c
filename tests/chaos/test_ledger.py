"""A count of nought means nothing unless the counter sees what is wrong."""

from itertools import count
from typing import Any

import pytest

from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.messages import Kind, Said
from helpdesk_bot.demo.timeline import Event
from helpdesk_bot.storage.outbox import REF_KEY

TEAM, DM, BOT = "!team:test", "!dm:test", "@hulp:test"


class Story:
    """Somebody asks, is helped by Sanne, and a note is written: as it should go, with whatever a test adds."""

    def __init__(self) -> None:
        self.ledger = Ledger([TEAM], ["Sanne"])
        self._ids = count(1)
        self.question = self.says(Kind.QUESTION, DM)
        self.card = self.bot(TEAM, f"Vraag 7 · Noord · {self.question.token}", ref="card")
        self.told = self.bot(DM, "Je vraag is binnen en heeft nummer 7.")
        self.ledger.claimed.add(self.question.token)
        self.bot(DM, "Sanne helpt je met vraag 7.")

    def says(self, kind: Kind, room_id: str) -> Said:
        said = Said(self.ledger.token(kind), kind, room_id, DM, f"$said{next(self._ids)}")
        self.ledger.say(said)
        return said

    def bot(self, room_id: str, body: str, *, ref: str | None = None, edits: str | None = None) -> str:
        event_id = f"$bot{next(self._ids)}"
        content: dict[str, Any] = {"body": body, REF_KEY: ref or event_id}
        if edits:
            content["m.relates_to"] = {"rel_type": "m.replace", "event_id": edits}
        self.see(room_id, event_id, "m.room.message", content)
        return event_id

    def mark(self, said: Said) -> None:
        about = {"rel_type": "m.annotation", "event_id": said.event_id, "key": "🔒"}
        self.see(said.room_id, f"$bot{next(self._ids)}", "m.reaction", {"m.relates_to": about})

    def see(self, room_id: str, event_id: str, kind: str, content: dict[str, Any]) -> None:
        raw = {"event_id": event_id, "sender": BOT, "type": kind, "content": content, "origin_server_ts": 0}
        self.ledger.see(Event(raw, room_id, 0))

    def found(self) -> tuple[int, int, int]:
        """Lost, duplicated, leaked."""
        verdict = self.ledger.judge()
        return len(verdict.lost), len(verdict.duplicated), len(verdict.leaked)


@pytest.fixture
def story() -> Story:
    return Story()


def test_all_is_well(story: Story) -> None:
    answer, note = story.says(Kind.ANSWER, TEAM), story.says(Kind.NOTE, TEAM)
    story.mark(answer)
    story.mark(note)
    story.bot(DM, f"Sanne (helpdesk): {answer.token}")
    assert story.found() == (0, 0, 0)


def test_a_question_that_never_arrived(story: Story) -> None:
    story.says(Kind.QUESTION, DM)
    assert story.found() == (1, 0, 0)


def test_a_question_whose_number_nobody_was_told(story: Story) -> None:
    lonely = story.says(Kind.QUESTION, DM)
    story.bot(TEAM, f"Vraag 8 · Noord · {lonely.token}")
    assert story.found() == (1, 0, 0)


def test_a_claim_that_came_to_nothing(story: Story) -> None:
    taken = story.says(Kind.QUESTION, DM)
    story.bot(TEAM, f"Vraag 8 · Noord · {taken.token}")
    story.bot(DM, "Je vraag is binnen en heeft nummer 8.")
    story.ledger.claimed.add(taken.token)
    assert story.found() == (1, 0, 0)


def test_an_answer_without_a_mark(story: Story) -> None:
    answer = story.says(Kind.ANSWER, TEAM)
    story.bot(DM, f"Sanne (helpdesk): {answer.token}")
    assert story.found() == (1, 0, 0)


def test_two_tickets_for_one_message(story: Story) -> None:
    story.bot(TEAM, f"Vraag 8 · Noord · {story.question.token}")
    assert story.found() == (0, 1, 0)


def test_an_answer_that_came_twice(story: Story) -> None:
    answer = story.says(Kind.ANSWER, TEAM)
    story.mark(answer)
    for _ in range(2):
        story.bot(DM, f"Sanne (helpdesk): {answer.token}")
    assert story.found()[1] > 0


def test_the_same_row_sent_twice(story: Story) -> None:
    for _ in range(2):
        story.bot(TEAM, "* Vraag 7", ref="edit", edits=story.card)
    assert story.found() == (0, 1, 0)


def test_the_same_words_twice(story: Story) -> None:
    story.bot(DM, "Je vraag is binnen en heeft nummer 7.")
    assert story.found() == (0, 1, 0)


def test_two_who_were_told_that_somebody_was_faster(story: Story) -> None:
    for _ in range(2):
        story.bot(TEAM, "Vraag 7 is al van Sanne.")
    assert story.found() == (0, 0, 0)


def test_two_helpers_for_one_question(story: Story) -> None:
    story.bot(DM, "Voortaan helpt Sanne je met vraag 7.")
    assert story.found() == (0, 1, 0)


@pytest.mark.parametrize("edited", [False, True])
def test_a_note_that_got_out(story: Story, edited: bool) -> None:
    note = story.says(Kind.NOTE, TEAM)
    story.mark(note)
    story.bot(DM, f"onder ons: {note.token}", edits=story.told if edited else None)
    assert story.found()[2] == 1


def alarm(story: Story, number: int, *, aid: int = 1) -> None:
    raised = story.says(Kind.PANIC, DM)
    story.bot(TEAM, f"Vraag {number} · Noord · {raised.token}")
    story.bot(DM, f"🚨 Noodgeval: vraag {number} heeft nu spoed.")
    for _ in range(aid):
        story.bot(DM, "Eerste hulp: account gehackt. 1. Verander het wachtwoord.")


def test_the_same_first_aid_for_two_emergencies(story: Story) -> None:
    alarm(story, 8)
    alarm(story, 9)
    assert story.found() == (0, 0, 0)


def test_first_aid_that_came_twice(story: Story) -> None:
    alarm(story, 8, aid=2)
    assert story.found()[:2] == (0, 2)  # as first aid, and as any words


def test_first_aid_that_never_came(story: Story) -> None:
    alarm(story, 8, aid=0)
    assert story.found() == (1, 0, 0)


def test_the_next_one_is_called_once_for_each_emergency(story: Story) -> None:
    for number in (8, 9):
        alarm(story, number)
        story.bot(
            DM, "Ik bel nu Joris. Komt er binnen 30 seconden geen antwoord, dan bel ik weer iemand anders."
        )
    assert story.found() == (0, 0, 0)
    story.bot(DM, "Ik bel nu Joris. Komt er binnen 30 seconden geen antwoord, dan bel ik weer iemand anders.")
    assert story.found() == (0, 1, 0)
