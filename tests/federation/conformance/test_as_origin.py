"""The implementation lends a question to the other side."""

import json

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import (
    Accept,
    Close,
    Confirm,
    Message,
    Offer,
    Return,
    Status,
    Withdraw,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.scenes import asked, marked, state_of


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
    word = lend.message(answer, by="Joris")
    await one.says(word, word)
    assert (await people.does("requester_reads", question=question, text=answer))["times"] == 1
    more = marked("Dat heb ik gedaan")
    await people.does("write", question=question, text=more)
    second = await one.hears_of(Message, lend, n=2)
    assert second.text is not None
    assert more in second.text
    await one.says(lend.anew(Status, version=9, status="solved", helper="Joris"))
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
        await partner.says(lend.anew(Accept, helper="Joris"))
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
    await one.says(lend.message(late, by="Joris"), lend.anew(Accept))
    assert await one.reaction(after=mark) == []
    assert (await state_of(one, lend)).state == "withdrawn"


async def test_it_comes_back_when_it_is_given_back(world: World) -> None:
    one = world.one
    before = await one.mark()
    await asked(world, marked("Waar staat de handleiding?"), one)
    lend, _ = await one.helps(await one.hears(Offer, after=before))
    await one.says(lend.anew(Return, reason="gave_back"))
    lend.state = "returned"
    assert (await state_of(one, lend)).state == "returned"
