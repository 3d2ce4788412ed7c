"""Whether an implementation keeps to docs/federation.md, seen from the other side of the room."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import (
    EVENT_TYPE,
    Accept,
    Close,
    Compared,
    Confirm,
    Decline,
    Message,
    Offer,
    Problem,
    Return,
    Status,
    Sync,
    Withdraw,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.partner import Lent, Partner

_numbers = count(1)


def marked(words: str) -> str:
    """With something in it by which it is found again."""
    return f"{words} kenmerk{next(_numbers)}x"


# --- how they come to trust each other


async def test_the_room_of_the_two(world: World) -> None:
    for partner in (world.one, world.two):
        met = world.met[partner.address]
        made = await partner.station.homeserver.state(partner.room, "m.room.create")
        assert made["type"] == EVENT_TYPE
        for name in ("m.room.encryption", "m.room.history_visibility"):
            assert await partner.station.homeserver.state(partner.room, name)
        inside = await partner.station.members(partner.room)
        assert {user for user, how in inside.items() if how == "join"} == {partner.address, world.people.bot}
        assert partner.room == (met.ours if partner.address < world.people.bot else met.theirs)


async def test_nothing_but_hello_before_people_compared_the_number(world: World) -> None:
    for met in world.met.values():
        assert met.shown == met.number
        assert (met.too_early.code, met.too_early.about) == ("not_trusted", "offer")
        assert 1 in met.trusting.versions


# --- as the helper


async def taken(world: World, partner: Partner, *said: str) -> Lent:
    """The implementation helps with a question of the partner's."""
    lend = partner.lends()
    await partner.says(partner.offer(lend))
    await world.people.does("claim", lend=lend.ref)
    await partner.hears_of(Accept, lend)
    words = [partner.message(lend, text) for text in said]
    lend.state = "confirmed"
    await partner.says(partner.confirm(lend, messages=len(words)), *words)
    for text in said:
        assert (await world.people.does("team_reads", text=text))["times"] == 1
    return lend


async def test_helps(world: World) -> None:
    one, people = world.one, world.people
    question = marked("Onze printer wil niet meer")
    lend = await taken(world, one, question)
    assert not [word for word in lend.heard if isinstance(word, Message)], (
        "nothing is said before it is confirmed"
    )

    answer = marked("Zet hem uit en weer aan")
    await people.does("answer", lend=lend.ref, text=answer)
    first = await one.hears_of(Message, lend, n=1)
    assert first.text is not None
    assert answer in first.text
    assert (first.change, first.by is None or "@" not in first.by) == ("new", True)

    more, corrected = marked("Hij staat nu aan"), marked("Hij staat nu uit")
    word = one.message(lend, more)
    await one.says(word, one.message(lend, corrected, id=word.id, change="edit"))
    await people.does("team_reads", text=corrected)
    assert (await people.does("has_read", text=more))["times"] == 0
    await one.says(one.message(lend, "", id=word.id, change="delete"))

    await people.does("solve", lend=lend.ref)
    await one.hears_of(Status, lend, status="solved")
    assert (await people.does("has_read", text=corrected))["times"] == 0
    before = await one.mark()
    await one.says(one.confirm(lend, messages=0), one.message(lend, marked("Toch niet")))
    await one.hears_of(Status, lend, after=before, status="working")
    await people.does("solve", lend=lend.ref)
    await one.hears_of(Status, lend, after=before, status="solved")
    await one.ends(lend)
    assert await one.reaction(after=await one.mark()) == []


async def test_every_word_twice(world: World) -> None:
    one, people = world.one, world.people
    question = marked("De scanner maakt alles blauw")
    lend = await taken(world, one, question)
    before = await one.mark()
    await one.says(*lend.said, *lend.said)
    assert await one.reaction(after=before) == []
    assert (await people.does("team_reads", text=question))["times"] == 1
    await one.ends(lend)
    before = await one.mark()
    await one.says(*lend.said)
    assert await one.reaction(after=before) == []


async def test_messages_in_another_order_and_a_place_given_out_twice(world: World) -> None:
    one, people = world.one, world.people
    lend = await taken(world, one, marked("Ons rooster is leeg"))
    second, third, fourth = (marked(f"Bericht {n}") for n in (2, 3, 4))
    words = [one.message(lend, text) for text in (second, third, fourth)]
    await one.says(words[2], words[1], words[1])
    assert await one.reaction(after=await one.mark()) == []
    assert (await people.does("has_read", text=third))["times"] == 0, "it is held"
    await one.says(words[0])
    for text in (second, third, fourth):
        assert (await people.does("team_reads", text=text))["times"] == 1
    again = marked("Uit een andere tijd")
    await one.says(one.message(lend, again, n=3))
    assert (await people.does("team_reads", text=again))["times"] == 1
    await one.ends(lend)


async def test_what_was_lost_is_said_again(world: World) -> None:
    one, people = world.one, world.people
    lend = await taken(world, one, marked("De agenda loopt achter"))
    lost = [one.message(lend, marked(f"Verloren {n}")) for n in (2, 3)]
    before = await one.mark()
    await one.says(one.sync(lend))
    told = await one.hears(Sync, after=before, answer=False)
    [line] = [line for line in told.lends if line.lend == lend.ref]
    assert (line.side, line.state, line.heard, line.seen) == ("helper", "working", 1, 2)
    await one.says(*lost)
    for word in lost:
        assert (await people.does("team_reads", text=word.text))["times"] == 1

    await people.does("answer", lend=lend.ref, text=marked("Ik kijk even"))
    never_came = await one.hears(Message, after=before, lend=lend, n=1)
    await people.does("solve", lend=lend.ref)
    solved = await one.hears(Status, after=before, lend=lend, status="solved")
    before = await one.mark()
    await one.says(one.sync(lend))  # as if it had heard neither
    again = await one.hears_of(Message, lend, after=before)
    assert (again.n, again.id, again.text) == (1, never_came.id, never_came.text)
    assert await one.hears_of(Status, lend, after=before) == solved, "as it was"
    before = await one.mark()
    await one.says(one.sync(lend))
    await one.hears(Sync, after=before, answer=False)
    assert await one.reaction(after=before) == []
    await one.ends(lend)


async def test_put_back_it_is_told_what_is_newer_than_it_heard(world: World) -> None:
    """The other side remembers versions that the partner never gave out."""
    one = world.one
    lend = await taken(world, one, marked("De website is weg"))
    before = await one.mark()
    line = lend.line()
    further = line.model_copy(update={"seen": line.seen + 10})
    await one.says(Sync(lends=[further], answer=True))
    status = await one.hears_of(Status, lend, after=before)
    assert status.version > line.seen + 10
    await one.ends(lend)


async def test_what_is_not_newer_is_not_heard(world: World) -> None:
    one, people = world.one, world.people
    lend = await taken(world, one, marked("De kassa telt verkeerd"))
    await one.says(Withdraw(lend=lend.ref, version=1, reason="taken"))
    told = await state_of(one, lend)
    assert told.state == "working"
    await one.says(one.state(lend, Withdraw, version=9, reason="taken_back"))
    lend.state = "withdrawn"
    before = await one.mark()
    late = marked("Te laat")
    await one.says(
        Confirm(lend=lend.ref, version=8, number=7, subject="x", requester="F", confirmed_at=utc_now())
    )
    await one.says(one.confirm(lend), one.message(lend, late))
    assert await one.reaction(after=before) == []
    assert (await state_of(one, lend)).state in ("ended", "returned", "declined")
    assert (await people.does("has_read", text=late))["times"] == 0


async def state_of(partner: Partner, lend: Lent) -> Compared:
    """As the other tells it."""
    before = await partner.mark()
    await partner.says(partner.sync(lend))
    told = await partner.hears(Sync, after=before, answer=False)
    [line] = [line for line in told.lends if line.lend == lend.ref]
    return line


async def test_a_field_that_nobody_knows_changes_nothing(world: World) -> None:
    lend = world.one.lends()
    word = world.one.offer(lend).model_dump(mode="json", exclude_none=True)
    await world.one.says({**word, "mood": {"of": ["the", "sender"]}, "protocol_minor": 4})
    await world.people.does("claim", lend=lend.ref)
    await world.one.hears_of(Accept, lend)
    await world.one.says(world.one.state(lend, Withdraw, reason="taken"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"protocol": 1, "type": "dance"}, "unknown_type"),
        ({"protocol": 2, "type": "offer"}, "version"),
        ({"type": "offer"}, "version"),
        ({"protocol": 1, "type": "offer", "lend": "nonsense", "version": 1}, "malformed"),
        ({"protocol": 1, "type": "message", "lend": "a" * 32, "n": 10**30, "id": "b" * 32}, "malformed"),
    ],
)
async def test_what_it_does_not_understand(world: World, content: dict[str, Any], code: str) -> None:
    before = await world.one.mark()
    await world.one.says(content)
    problem = await world.one.hears(Problem, after=before)
    assert (problem.code, problem.about) == (code, content["type"])


async def test_a_problem_is_never_answered(world: World) -> None:
    before = await world.one.mark()
    await world.one.says(
        Problem(code="malformed", about="accept"),
        {"protocol": 1, "type": "problem", "code": "of a new kind"},
        {"protocol": 7, "type": "problem"},
    )
    assert await world.one.reaction(after=before) == []


async def test_it_does_not_hear_what_is_in_the_clear_or_elsewhere(world: World) -> None:
    one = world.one
    other_room = next(
        r for r in (world.met[one.address].theirs, world.met[one.address].ours) if r != one.room
    )
    before = await one.mark()
    clear, elsewhere = one.lends(), one.lends()
    await one.says_in_the_clear(one.offer(clear))
    if other_room == world.met[one.address].theirs:
        await one.enters(other_room)
    await one.says(one.offer(elsewhere), room=other_room)
    assert await one.reaction(after=before) == []
    for lend in (clear, elsewhere):
        line = await state_of(one, lend)
        assert (line.state, line.seen) == ("offered", 0), "it has never heard of it"
        await one.says(one.state(lend, Withdraw, reason="taken"))


async def test_what_it_does_not_know_is_over(world: World) -> None:
    one = world.one
    borrowed = Lent("c" * 32, "helper", "working")
    lent = Lent("d" * 32, "origin", "confirmed")
    before = await one.mark()
    line = {"version": 3, "seen": 4, "said": 2, "heard": 5}
    await one.says(
        Sync(
            lends=[
                Compared(lend=lend.ref, side=lend.side, state=lend.state, **line) for lend in (borrowed, lent)
            ],
            answer=True,
        )
    )
    withdraw = await one.hears_of(Withdraw, borrowed, after=before)
    assert (withdraw.reason, withdraw.version) == ("unknown", 5)
    assert (await one.hears_of(Return, lent, after=before)).version == 5


async def test_the_lend_of_another_is_nobody_elses(world: World) -> None:
    one, two = world.one, world.two
    lend = await taken(world, one, marked("De deurbel zwijgt"))
    before, here = await two.mark(), await one.mark()
    forged = marked("Vervalst")
    await two.says(Withdraw(lend=lend.ref, version=99, reason="taken"))
    problem = await two.hears(Problem, after=before)
    assert (problem.code, problem.lend) == ("unknown_lend", lend.ref)
    await two.says(Message(lend=lend.ref, n=2, id="e" * 32, text=forged, said_at=utc_now()))
    line = lend.line().model_copy(update={"state": "withdrawn", "version": 99, "seen": 99})
    await two.says(Sync(lends=[line], answer=True))
    told = await two.hears(Sync, after=before, answer=False)
    assert lend.ref not in {line.lend for line in told.lends}
    assert await one.reaction(after=here) == []
    assert (await state_of(one, lend)).state == "working"
    assert (await world.people.does("has_read", text=forged))["times"] == 0
    await one.ends(lend)


async def test_an_offer_has_a_time(world: World) -> None:
    one = world.one
    past, soon = one.lends(), one.lends()
    await one.says(one.offer(past, expires_at=utc_now() - timedelta(minutes=1)))
    assert (await one.hears_of(Decline, past)).reason == "expired"
    ends = utc_now() + timedelta(seconds=3)
    await one.says(one.offer(soon, expires_at=ends))
    assert (await one.hears_of(Decline, soon)).reason == "expired"
    assert utc_now() >= ends


async def test_gives_back(world: World) -> None:
    lend = await taken(world, world.one, marked("De router knippert"))
    await world.people.does("give_back", lend=lend.ref)
    assert (await world.one.hears_of(Return, lend)).reason == "gave_back"


# --- as the origin


async def asked(world: World, text: str, to: Partner | None) -> Any:
    """A question that is offered to this one, or to all. Returns what its people call it."""
    question = (await world.people.does("ask", text=text))["question"]
    await world.people.does("lend", question=question, to=to.address if to else None)
    return question


async def test_lends(world: World) -> None:
    one, people = world.one, world.people
    text = marked("Onze mailbox loopt over, wat nu?")
    before = await one.mark()
    question = await asked(world, text, one)
    offer = await one.hears(Offer, after=before)
    assert text not in json.dumps(offer.model_dump(mode="json"))
    assert offer.expires_at > utc_now()
    lend, confirm = await one.helps(offer)
    assert confirm.messages >= 1
    said = await one.hears_of(Message, lend, n=1)
    assert said.text is not None
    assert text in said.text
    assert said.by is None or "@" not in said.by

    accepted = lend.said[0]
    mark = await one.mark()
    await one.says(accepted, accepted, Accept(lend=lend.ref, version=8))
    assert not [word for word in await one.reaction(after=mark) if not isinstance(word, Message)]

    answer = marked("Gooi eerst de prullenbak leeg")
    word = one.message(lend, answer, by="Joris")
    await one.says(word, word)
    assert (await people.does("requester_reads", question=question, text=answer))["times"] == 1
    more = marked("Dat heb ik gedaan")
    await people.does("write", question=question, text=more)
    second = await one.hears_of(Message, lend, n=2)
    assert second.text is not None
    assert more in second.text
    await one.says(one.state(lend, Status, version=9, status="solved", helper="Joris"))
    await people.does("finish", question=question)
    await one.hears_of(Close, lend)


async def test_of_two_who_say_yes_one_gets_it(world: World) -> None:
    both = (world.one, world.two)
    marks = [await partner.mark() for partner in both]
    await asked(world, marked("Wie kan onze spreadsheet maken?"), None)
    lends = []
    for partner, mark in zip(both, marks, strict=True):
        offer = await partner.hears(Offer, after=mark)
        lends.append(Lent(offer.lend, "helper", heard=[offer]))
    assert lends[0].ref != lends[1].ref
    for partner, lend in zip(both, lends, strict=True):
        await partner.says(partner.state(lend, Accept, helper="Joris"))
    answers = [
        [word for word in await partner.reaction(after=mark) if isinstance(word, Confirm | Withdraw)]
        for partner, mark in zip(both, marks, strict=True)
    ]
    assert sorted([[word.type for word in said] for said in answers]) == [["confirm"], ["withdraw"]]
    [withdraw] = next(said for said in answers if said[0].type == "withdraw")
    assert isinstance(withdraw, Withdraw)
    assert withdraw.reason == "taken"
    loser = answers.index([withdraw])
    told = [word for word in await both[loser].reaction(after=marks[loser]) if isinstance(word, Message)]
    assert told == [], "whoever did not get it reads nothing"


async def test_takes_back(world: World) -> None:
    one, people = world.one, world.people
    before = await one.mark()
    question = await asked(world, marked("Hoe zet ik een lijst om?"), one)
    lend, _ = await one.helps(await one.hears(Offer, after=before))
    await people.does("take_back", question=question)
    withdraw = await one.hears_of(Withdraw, lend)
    assert withdraw.reason == "taken_back"
    late = marked("Te laat geantwoord")
    mark = await one.mark()
    await one.says(one.message(lend, late, by="Joris"), one.state(lend, Accept))
    assert await one.reaction(after=mark) == []
    assert (await state_of(one, lend)).state == "withdrawn"


async def test_it_comes_back_when_it_is_given_back(world: World) -> None:
    one = world.one
    before = await one.mark()
    await asked(world, marked("Waar staat de handleiding?"), one)
    lend, _ = await one.helps(await one.hears(Offer, after=before))
    await one.says(one.state(lend, Return, reason="gave_back"))
    lend.state = "returned"
    assert (await state_of(one, lend)).state == "returned"


async def test_an_offer_that_nobody_answers_is_withdrawn(world: World) -> None:
    """The last: from here on the implementation's clock is ahead."""
    one = world.one
    before = await one.mark()
    await asked(world, marked("Wie kent ons oude programma?"), one)
    offer = await one.hears(Offer, after=before)
    lend = Lent(offer.lend, "helper", heard=[offer])
    hours = (offer.expires_at - utc_now()) / timedelta(hours=1) + 0.1
    await world.people.does("wait", hours=hours)
    assert (await one.hears_of(Withdraw, lend)).reason == "expired"
    mark = await one.mark()
    await one.says(one.state(lend, Accept))
    assert [word for word in await one.reaction(after=mark) if not isinstance(word, Withdraw)] == []
