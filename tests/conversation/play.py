"""Conversations made up by Hypothesis, with somebody who keeps the books: what each message was meant to be, and where
it was seen.

Every message carries a word of its own. Words of notes must never be in anything that is sent to a room outside the
helpdesk's own; words of answers must be there exactly once, in the room of whoever asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from hypothesis import strategies as st

from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Ticket
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import BOT, LAYOUT, Said, Stage

T = TypeVar("T")
OWN = "!buurtwarmte:test"
HELPERS = {SANNE: TEAM, JORIS: TEAM, WIM: WEST}
ANSWERABLE = {Status.NEW, Status.CLAIMED, Status.WAITING, Status.SOLVED}
WORD = re.compile(r"(?:note|answer|ask)\d+x")
HOSTILE = [
    "{}",
    "> <@fatima:test> hallo\n\n{}",
    "@fatima:test {}",
    "!hulp {}",
    "!nieuw {}",
    "! {}",
    "!antwoort {}",
    "**{}** <b>vet</b> @room",
    "https://matrix.to/#/@fatima:test {}",
    "* {}",
    "ja {}",
    "Noord {}",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does. `who`, `at` and `how` choose among whatever there is at that moment."""

    what: str
    who: int
    at: int
    how: int


STEPS = [
    "ask", "ask", "more", "more", "thread_note", "thread_note", "fallback_note", "real_reply", "real_reply", "reply_to_card",
    "reply_in_thread", "command_answer", "command_note", "note_file", "answer_file", "edit_own", "edit_own",
    "edit_into_command", "edit_into_file", "delete", "react_words", "react", "claim", "release", "take_over", "send_on", "merge",
    "solve", "reopen", "requester_edits", "requester_reacts", "time", "stranger", "twice",
]  # fmt: skip


def scripts(of: Sequence[str] = STEPS) -> st.SearchStrategy[list[Step]]:
    """Conversations of these steps."""
    places = st.integers(0, 60)
    step = st.builds(Step, what=st.sampled_from(of), who=places, at=places, how=places)
    return st.lists(step, min_size=5, max_size=22)


@dataclass
class Play:
    """A stage with the books of one conversation."""

    stage: Stage
    notes: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)  # word → the room it must be in
    wrote: list[tuple[str, str, str]] = field(default_factory=list)  # who, room, event
    inside: dict[str, bool] = field(default_factory=dict)  # a helper's event → whether it stayed inside
    asked: list[tuple[str, str]] = field(default_factory=list)  # who, room

    def __post_init__(self) -> None:
        self._numbers = count(1)

    async def set_up(self) -> None:
        await self.stage.room(OWN, size=9)
        await self.stage.join(OWN, FATIMA, KWAME, BOT)
        dm = await self.stage.direct(FATIMA)
        await self.ask(FATIMA, dm, "{}")
        await self.stage.says(FATIMA, dm, "Noord")
        self.rooms = [(FATIMA, dm), (KWAME, HELP), (KWAME, OWN), (FATIMA, OWN)]

    def word(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}x"

    async def perform(self, script: list[Step]) -> None:
        await self.set_up()
        for step in script:
            await getattr(self, f"do_{step.what}")(step)
            self.nothing_has_leaked()
        assert not await self.stage.failed()
        self.every_answer_arrived_once()

    def nothing_has_leaked(self) -> None:
        for said in self.outside():
            leaked = self.notes.intersection(WORD.findall(str(said.content)))
            assert not leaked, f"{leaked} went to {said.room}"

    def every_answer_arrived_once(self) -> None:
        for word, room in self.answers.items():
            said = [s for s in self.outside() if not s.edits and word in str(s.content)]
            seen = [s.room for s in said if "url" not in s.content]  # a file stands beside its words
            assert seen == [room], f"{word} should be in {room}, was in {seen}"

    def outside(self) -> list[Said]:
        return [s for s in self.stage.sent if s.room not in LAYOUT.staff_rooms]

    # What requesters do

    async def ask(self, who: str, room: str, text: str) -> None:
        await self.stage.says(who, room, text.format(self.word("ask")))
        self.asked.append((who, room))
        self.wrote.append((who, room, self.stage.last))

    async def do_ask(self, step: Step) -> None:
        who, room = _pick(self.rooms, step.who)
        await self.ask(who, room, "!nieuw {}")
        if room != HELP:
            await self.stage.in_thread(who, room, self.stage.last, "West")

    async def do_more(self, step: Step) -> None:
        who, room = _pick(self.rooms, step.who)
        asked = [event for user, place, event in self.wrote if (user, place) == (who, room)]
        text = _pick(HOSTILE, step.how).format(self.word("ask"))
        if asked and step.at % 3:
            await self.stage.in_thread(who, room, _pick(asked, step.at), text)
        else:
            await self.stage.says(who, room, text)
        self.wrote.append((who, room, self.stage.last))

    async def do_stranger(self, step: Step) -> None:
        root = [event for _, place, event in self.wrote if place == HELP]
        if root:
            await self.stage.in_thread("@vreemd:test", HELP, _pick(root, step.at), self.word("ask"))

    async def do_requester_edits(self, step: Step) -> None:
        who, room, event = _pick([w for w in self.wrote if w[0] not in HELPERS], step.at)
        await self.stage.edits(who, room, event, _pick(HOSTILE, step.how).format(self.word("ask")))

    async def do_requester_reacts(self, step: Step) -> None:
        said = [s for s in self.outside() if s.type == "m.room.message"]
        if said:
            target = _pick(said, step.at)
            who = FATIMA if step.who % 2 else KWAME
            await self.stage.reacts(
                who, target.room, target.event_id, _pick(["👍", "👎", "❤️", "5️⃣"], step.how)
            )

    # What helpers do

    async def do_thread_note(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        cards = self.cards(room)
        if cards:
            await self.note(who, room, step, self.within(_pick(cards, step.at), None, falling_back=True))

    async def do_fallback_note(self, step: Step) -> None:
        """What clients send in a thread: an answer to the latest message that is none."""
        who, room = _pick(list(HELPERS.items()), step.who)
        cards, events = self.cards(room), self.events(room)
        if cards:
            target = _pick(events, step.at)
            await self.note(who, room, step, self.within(_pick(cards, step.how), target, falling_back=True))

    async def do_real_reply(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.events(room):
            await self.reply(who, room, _pick(self.events(room), step.at), None, step)

    async def do_reply_to_card(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.cards(room):
            await self.reply(who, room, _pick(self.cards(room), step.at), None, step)

    async def do_reply_in_thread(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.cards(room):
            await self.reply(
                who, room, _pick(self.events(room), step.at), _pick(self.cards(room), step.how), step
            )

    async def do_answer_file(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.events(room):
            await self.reply(who, room, _pick(self.events(room), step.at), None, step, file=True)

    async def reply(
        self, who: str, room: str, target: str, thread: str | None, step: Step, *, file: bool = False
    ) -> None:
        ticket = await self.goes_to(room, target, thread)
        word = self.word("answer" if ticket else "note")
        if ticket is not None:
            self.answers[word] = ticket.room_id
        else:
            self.notes.add(word)
        relates = self.within(thread, target, falling_back=False)
        if file:
            await self.stage.sends(who, room, filename=f"{word}.png", body=f"{word}.png", **relates)
        else:
            await self.stage.says(who, room, word, **relates)
        self.wrote.append((who, room, self.stage.last))
        self.inside[self.stage.last] = ticket is None

    async def note(self, who: str, room: str, step: Step, relates: dict[str, Any]) -> None:
        word = self.word("note")
        self.notes.add(word)
        await self.stage.says(who, room, _pick(HOSTILE, step.how).format(word), **relates)
        self.wrote.append((who, room, self.stage.last))
        self.inside[self.stage.last] = True

    async def do_command_answer(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        ticket = await self.any_ticket(step.at)
        may = ticket.team_room == room and ticket.status in ANSWERABLE
        word = self.word("answer" if may else "note")
        if may:
            self.answers[word] = ticket.room_id
        else:
            self.notes.add(word)
        await self.stage.says(who, room, f"!antwoord {ticket.id} {word}")
        self.wrote.append((who, room, self.stage.last))
        self.inside[self.stage.last] = not may

    async def do_command_note(self, step: Step) -> None:
        who, room = _pick([*HELPERS.items(), (ELS, COORDINATION)], step.who)
        ticket = await self.any_ticket(step.at)
        word = self.word("note")
        self.notes.add(word)
        relates = {}
        if self.events(room) and step.how % 2:
            relates = self.within(None, _pick(self.events(room), step.how), falling_back=False)
        await self.stage.says(who, room, f"!notitie {ticket.id} {word}", **relates)
        self.wrote.append((who, room, self.stage.last))
        self.inside[self.stage.last] = True

    async def do_note_file(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        cards = self.cards(room)
        if cards:
            word = self.word("note")
            self.notes.add(word)
            relates = self.within(_pick(cards, step.at), None, falling_back=True)
            await self.stage.sends(who, room, filename=f"{word}.png", body=word, **relates)
            self.wrote.append((who, room, self.stage.last))
            self.inside[self.stage.last] = True

    async def do_edit_own(self, step: Step) -> None:
        mine = [w for w in self.wrote if w[0] in HELPERS]
        if not mine:
            return
        who, room, event = _pick(mine, step.at)
        word = self.word("note" if self.inside[event] else "answer")
        if self.inside[event]:
            self.notes.add(word)
        await self.stage.edits(
            who, room, event, _pick(["{}", "!antwoord {}", "!antwoord 1 {}"], step.how).format(word)
        )
        said = [s.room for s in self.outside() if word in str(s.content)]
        assert len(said) <= 1, f"a correction went to {said}"

    async def do_edit_into_command(self, step: Step) -> None:
        mine = [w for w in self.wrote if w[0] in HELPERS]
        if mine:
            who, room, event = _pick(mine, step.at)
            word = self.word("note")
            self.notes.add(word)
            command = _pick(
                ["!notitie {}", "!notitie 1 {}", "!notite {}", "!onderwerp {}", "@Helpdesk !note {}"],
                step.how,
            )
            await self.stage.edits(who, room, event, command.format(word))

    async def do_edit_into_file(self, step: Step) -> None:
        mine = [w for w in self.wrote if w[0] in HELPERS]
        if not mine:
            return
        who, room, event = _pick(mine, step.at)
        word = self.word("note" if self.inside[event] else "answer")
        if self.inside[event]:
            self.notes.add(word)
        inner = {"msgtype": "m.image", "body": word, "filename": f"{word}.png", "url": f"mxc://test/{word}"}
        relates = {"rel_type": "m.replace", "event_id": event}
        content = {**inner, "m.new_content": inner, "m.relates_to": relates}
        _, said = await self.stage.event(who, room, "m.room.message", content)
        outside = {s.room for s in said if s.room not in LAYOUT.staff_rooms and word in str(s.content)}
        assert len(outside) <= 1, f"a file went to {outside}"

    async def do_delete(self, step: Step) -> None:
        who, room, event = _pick(self.wrote, step.at)
        await self.stage.deletes(who, room, event)

    async def do_react_words(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.events(room):
            word = self.word("note")
            self.notes.add(word)
            await self.stage.reacts(who, room, _pick(self.events(room), step.at), word)

    async def do_react(self, step: Step) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        if self.events(room):
            await self.stage.reacts(
                who, room, _pick(self.events(room), step.at), _pick(["👍", "✋", "✅", "⏳", "↩️"], step.how)
            )
            self.wrote.append((who, room, self.stage.last))
            self.inside[self.stage.last] = True

    async def do_claim(self, step: Step) -> None:
        await self.command(step, "!pak {}")

    async def do_release(self, step: Step) -> None:
        await self.command(step, "!loslaten {}")

    async def do_take_over(self, step: Step) -> None:
        await self.command(step, "!overnemen {}")

    async def do_solve(self, step: Step) -> None:
        await self.command(step, "!opgelost {}")

    async def do_reopen(self, step: Step) -> None:
        await self.command(step, "!heropen {}")

    async def command(self, step: Step, text: str) -> None:
        who, room = _pick(list(HELPERS.items()), step.who)
        await self.stage.says(who, room, text.format((await self.any_ticket(step.at)).id))

    async def do_send_on(self, step: Step) -> None:
        ticket = await self.any_ticket(step.at)
        await self.stage.says(
            ELS, COORDINATION, f"!stadsdeel {ticket.id} {_pick(['Noord', 'West', 'Nieuw-West'], step.how)}"
        )

    async def do_merge(self, step: Step) -> None:
        one, other = await self.any_ticket(step.at), await self.any_ticket(step.how)
        await self.stage.says(ELS, COORDINATION, f"!samenvoegen {one.id} {other.id}")

    async def do_time(self, step: Step) -> None:
        await self.stage.passes(timedelta(minutes=7) if step.how % 2 else timedelta(days=step.how % 9))

    async def do_twice(self, step: Step) -> None:
        """The homeserver tells the same thing again."""
        who, room, event = _pick(self.wrote, step.at)
        assert not (
            await self.stage.event(
                who, room, "m.room.message", {"msgtype": "m.text", "body": "x"}, event_id=event
            )
        )[1]

    # What there is to point at, seen from outside: nothing here asks the code that is tested

    def events(self, room: str) -> list[str]:
        ours = [s.event_id for s in self.stage.sent if s.room == room and s.type == "m.room.message"]
        return ours + [event for _, place, event in self.wrote if place == room]

    def cards(self, room: str) -> list[str]:
        return [s.event_id for s in self.stage.sent if s.room == room and _is_card(s)]

    async def any_ticket(self, place: int) -> Ticket:
        return (
            await self.stage.ticket(1 + place % len(self.asked))
            if await self._exists(place)
            else await self.stage.ticket()
        )

    async def _exists(self, place: int) -> bool:
        async with self.stage.db.reading() as session:
            return await session.get(Ticket, 1 + place % len(self.asked)) is not None

    async def goes_to(self, room: str, target: str, thread: str | None) -> Ticket | None:
        """The ticket to whose requester a real reply to this event goes; None when it stays inside."""
        said = {s.event_id: s for s in self.stage.sent}
        event = said.get(target)
        while event is not None and event.edits:
            event = said.get(event.edits)
        if event is None or event.type != "m.room.message" or not (_is_card(event) or _is_copy(event)):
            return None
        async with self.stage.db.reading() as session:
            ticket = await access.ticket_of_event(session, room, event.event_id)
            other = await access.ticket_of_event(session, room, thread) if thread else ticket
        same = ticket is not None and other is not None and ticket.id == other.id
        if ticket is None or not same or ticket.team_room != room or ticket.status not in ANSWERABLE:
            return None
        return ticket

    def within(self, thread: str | None, target: str | None, *, falling_back: bool) -> dict[str, Any]:
        relates: dict[str, Any] = {"m.in_reply_to": {"event_id": target or thread}}
        if thread:
            relates |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": falling_back}
        return {"m.relates_to": relates}


def _is_card(said: Said) -> bool:
    return said.type == "m.room.message" and not said.edits and "prioriteit:" in said.body


def _is_copy(said: Said) -> bool:
    """Of what a requester wrote: it carries a word of theirs, or nothing but the answer to where they are."""
    return (
        not said.edits and re.match(r"(?:Fatima|Kwame|[Vv]reemd) (?:schrijft|stuurt)", said.body) is not None
    )


def _pick(of: Sequence[T], place: int) -> T:
    return of[place % len(of)]
