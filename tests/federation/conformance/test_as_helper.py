"""The implementation helps with a question of the other side."""

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import (
    Compared,
    Confirm,
    Message,
    Return,
    Status,
    Sync,
    Withdraw,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.scenes import marked, state_of, taken


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
    word = lend.message(more)
    await one.says(word, lend.message(corrected, id=word.id, change="edit"))
    await people.does("team_reads", text=corrected)
    assert (await people.does("has_read", text=more))["times"] == 0
    await one.says(lend.message("", id=word.id, change="delete"))

    await people.does("solve", lend=lend.ref)
    await one.hears_of(Status, lend, status="solved")
    assert (await people.does("has_read", text=corrected))["times"] == 0
    before = await one.mark()
    await one.says(lend.confirm(messages=0), lend.message(marked("Toch niet")))
    await one.hears_of(Status, lend, after=before, status="working")
    await people.does("solve", lend=lend.ref)
    await one.hears_of(Status, lend, after=before, status="solved")
    await one.ends(lend)
    assert await one.reaction(after=await one.mark()) == []


async def test_gives_back(world: World) -> None:
    lend = await taken(world, world.one, marked("De router knippert"))
    await world.people.does("give_back", lend=lend.ref)
    assert (await world.one.hears_of(Return, lend)).reason == "gave_back"


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
    words = [lend.message(text) for text in (second, third, fourth)]
    await one.says(words[2], words[1], words[1])
    assert await one.reaction(after=await one.mark()) == []
    assert (await people.does("has_read", text=third))["times"] == 0, "it is held"
    await one.says(words[0])
    for text in (second, third, fourth):
        assert (await people.does("team_reads", text=text))["times"] == 1
    again = marked("Uit een andere tijd")
    await one.says(lend.message(again, n=3))
    assert (await people.does("team_reads", text=again))["times"] == 1
    await one.ends(lend)


async def test_what_was_lost_is_said_again(world: World) -> None:
    one, people = world.one, world.people
    lend = await taken(world, one, marked("De agenda loopt achter"))
    lost = [lend.message(marked(f"Verloren {n}")) for n in (2, 3)]
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
    await one.says(lend.anew(Withdraw, version=9, reason="taken_back"))
    lend.state = "withdrawn"
    before = await one.mark()
    late = marked("Te laat")
    await one.says(
        Confirm(lend=lend.ref, version=8, number=7, subject="x", requester="F", confirmed_at=utc_now())
    )
    await one.says(lend.confirm(), lend.message(late))
    assert await one.reaction(after=before) == []
    assert (await state_of(one, lend)).state in ("ended", "returned", "declined")
    assert (await people.does("has_read", text=late))["times"] == 0


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


async def test_a_helpdesk_that_was_put_back_is_told_what_is_known(world: World) -> None:
    one = world.one
    lend = await taken(world, one, marked("Het alarm gaat zomaar af"))
    before = await one.mark()
    await one.says(one.hello(era=int(utc_now().timestamp())))
    told = await one.hears(Sync, after=before, answer=True)
    assert lend.ref in {line.lend for line in told.lends}
    await one.ends(lend)
