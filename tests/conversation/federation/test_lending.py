"""A question that is lent: who is asked, who helps, and what everybody reads."""

import json
from datetime import timedelta

import pytest

from helpdesk_bot.domain.federation.lending import In, Out
from helpdesk_bot.domain.tickets import Status
from tests.conversation.conftest import CITY, ELS, FATIMA, JORIS, SANNE, TEAM
from tests.conversation.federation.pair import Pair
from tests.conversation.stage import to

QUESTION = "Onze mailbox loopt over en niemand kan nog mailen"


async def asked(pair: Pair) -> str:
    """Question 1 of Fatima in Noord: returns her chat."""
    stage = pair.noord.stage
    dm = await stage.direct(FATIMA)
    await stage.says(FATIMA, dm, QUESTION)
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "geen")
    await pair.west.stage.join(CITY, JORIS, pair.west.bot)
    return dm


async def offered(pair: Pair) -> str:
    dm = await asked(pair)
    await pair.noord.stage.says(SANNE, TEAM, "!leen 1")
    await pair.noord.stage.says(FATIMA, dm, "ja")
    await pair.carry()
    return dm


async def lent(pair: Pair) -> str:
    dm = await offered(pair)
    await pair.west.stage.reacts(JORIS, CITY, await pair.west.stage.card(), "✋")
    await pair.carry()
    return dm


async def test_whoever_asked_is_asked_first(pair: Pair) -> None:
    dm = await asked(pair)
    said = await pair.noord.stage.says(SANNE, TEAM, "!leen 1")
    [words] = to(dm, said)
    assert "Sanne" in words
    assert "Helpdesk West" in words
    assert "**ja**" not in words
    assert not pair.noord.collect(), "nothing leaves before there is a yes"
    said = await pair.noord.stage.says(FATIMA, dm, "nee")
    assert any("blijft hier" in words for words in to(dm, said))
    await pair.carry()
    assert await pair.noord.lends() == []


async def test_an_offer_says_nothing_of_what_was_asked(pair: Pair) -> None:
    dm = await offered(pair)
    texts = str([content for _, content in pair.noord.said])
    assert "mailbox" not in texts
    assert "Fatima" not in texts
    assert dm not in texts
    assert FATIMA not in texts
    card = await pair.west.stage.ticket()
    assert "Helpdesk Noord" in card.subject
    assert card.status == Status.NEW


async def test_the_whole_way(pair: Pair) -> None:
    dm = await offered(pair)
    west, noord = pair.west.stage, pair.noord.stage
    said = await west.reacts(JORIS, CITY, await west.card(), "✋")
    assert any("Antwoord nog niet" in words for words in to(CITY, said))
    because = await pair.carry()
    assert any("Joris (Helpdesk West)" in words for words in to(dm, because[pair.noord]))
    assert any("Fatima (Helpdesk Noord)" in words for words in to(CITY, because[pair.west]))
    assert any(QUESTION in words for words in to(CITY, because[pair.west]))
    assert (await noord.ticket()).status == Status.CLAIMED

    await west.says(JORIS, CITY, "!antwoord 1 Gooi eerst de prullenbak leeg. Lukt dat?")
    because = await pair.carry()
    [answer] = [words for words in to(dm, because[pair.noord]) if "prullenbak" in words]
    assert "Joris (Helpdesk West)" in answer

    await noord.says(FATIMA, dm, "Ja dat werkt")
    because = await pair.carry()
    assert any("Ja dat werkt" in words for words in to(CITY, because[pair.west]))

    await west.says(JORIS, CITY, "!notitie 1 aardig mens")
    await pair.carry()
    assert "aardig mens" not in str(noord.sent)

    await west.says(JORIS, CITY, "!opgelost 1")
    because = await pair.carry()
    assert any("opgelost" in words for words in to(dm, because[pair.noord]))
    await noord.says(FATIMA, dm, "ja, dank je wel!")
    because = await pair.carry()
    assert any("klaar" in words for words in to(CITY, because[pair.west]))
    await noord.says(FATIMA, dm, "5")
    because = await pair.carry()
    assert any("5" in words and "Fatima" in words for words in to(CITY, because[pair.west]))
    [out], [in_] = await pair.noord.lends(), await pair.west.lends()
    assert (out.state, in_.state) == (Out.CLOSED, In.CLOSED)
    assert (await west.ticket()).rating == (await noord.ticket()).rating == 5
    assert not await noord.failed()
    assert not await west.failed()


async def test_corrections_and_deletions_go_along(pair: Pair) -> None:
    dm = await lent(pair)
    west, noord = pair.west.stage, pair.noord.stage
    await noord.says(FATIMA, dm, "Het is de server van Bram")
    asked_event = noord.last
    await pair.carry()
    await noord.edits(FATIMA, dm, asked_event, "Het is de server van Bert")
    because = await pair.carry()
    assert any("Bert" in str(said.content) and said.edits for said in because[pair.west])
    await noord.deletes(FATIMA, dm, asked_event)
    because = await pair.carry()
    assert any(said.kind == "redact" and said.room == CITY for said in because[pair.west])
    assert [message.text for message in await pair.west.messages()][-1] is None

    await west.says(JORIS, CITY, "!antwoord 1 Zet hem uit")
    answer = west.last
    await pair.carry()
    await west.edits(JORIS, CITY, answer, "!antwoord 1 Zet hem aan")
    because = await pair.carry()
    assert any("Zet hem aan" in str(said.content) for said in because[pair.noord] if said.room == dm)
    await west.deletes(JORIS, CITY, answer)
    because = await pair.carry()
    assert any(said.kind == "redact" and said.room == dm for said in because[pair.noord])


async def test_not_solved_after_all(pair: Pair) -> None:
    dm = await lent(pair)
    west, noord = pair.west.stage, pair.noord.stage
    await west.says(JORIS, CITY, "!opgelost 1")
    await pair.carry()
    await noord.says(FATIMA, dm, "nee")
    await pair.carry()
    assert (await noord.ticket()).status == (await west.ticket()).status == Status.CLAIMED
    await west.says(JORIS, CITY, "!opgelost 1")
    await pair.carry()
    await noord.says(FATIMA, dm, "ja")
    await pair.carry()
    assert (await noord.ticket()).status == (await west.ticket()).status == Status.CLOSED
    await noord.says(FATIMA, dm, "!heropen 1")
    because = await pair.carry()
    assert (await noord.ticket()).status == (await west.ticket()).status == Status.CLAIMED
    assert to(CITY, because[pair.west])


async def test_what_crosses_solved_opens_nothing(pair: Pair) -> None:
    """It was written before whoever asked heard of 'solved': they are asked once, and decide."""
    dm = await lent(pair)
    noord, west = pair.noord.stage, pair.west.stage
    await noord.says(FATIMA, dm, "Het is ook op de laptop zo")
    await west.says(JORIS, CITY, "!opgelost 1")
    because = await pair.carry()
    assert any("ook op de laptop" in words for words in to(CITY, because[pair.west]))
    assert (await west.ticket()).status == (await noord.ticket()).status == Status.SOLVED
    assert len([words for words in to(dm, because[pair.noord]) if "denkt dat vraag 1" in words]) == 1

    await noord.says(FATIMA, dm, "nee, de laptop doet het nog niet")
    because = await pair.carry()
    assert any("weer geopend" in words for words in to(CITY, because[pair.west]))
    assert any("de laptop doet het nog niet" in words for words in to(CITY, because[pair.west]))
    assert (await west.ticket()).status == (await noord.ticket()).status == Status.CLAIMED


async def test_whoever_said_no_can_be_asked_again_by_name(pair: Pair) -> None:
    dm = await offered(pair)
    noord, west = pair.noord.stage, pair.west.stage
    await west.says(JORIS, CITY, "!teruggeven 1")
    await pair.carry()
    await noord.says(SANNE, TEAM, f"!leen 1 {pair.west.bot}")
    await noord.says(FATIMA, dm, "ja")
    because = await pair.carry()
    assert any("kunnen overnemen" in words for words in to(CITY, because[pair.west]))


async def test_what_is_finished_leaves_room_for_the_next(pair: Pair) -> None:
    west, noord = pair.west.stage, pair.noord.stage
    config = west.setting.config
    one = config.federation.model_copy(update={"most_borrowed": 1})
    west.configure(config.model_copy(update={"federation": one}), west.setting.shelf)
    dm = await lent(pair)
    assert await rooms_told(pair) == 0
    await west.says(JORIS, CITY, "!opgelost 1")
    await pair.carry()
    await noord.says(FATIMA, dm, "ja")
    await pair.carry()
    assert await rooms_told(pair) == 1
    await noord.says(FATIMA, dm, "!nieuw En onze printer doet niets")
    await noord.says(SANNE, TEAM, "!leen 2")
    await noord.says(FATIMA, dm, "ja")
    await pair.carry()
    assert [lend.state for lend in await pair.west.lends()] == [In.CLOSED, In.OFFERED]


async def rooms_told(pair: Pair) -> int:
    """How many more West says that it would take, when it says so next."""
    await pair.passes(timedelta(minutes=15))
    hello = (await pair.noord.peer()).hello
    assert hello is not None
    return int(str(hello["room"]))


async def test_given_back_with_all_that_was_said(pair: Pair) -> None:
    dm = await lent(pair)
    await pair.west.stage.says(JORIS, CITY, "!antwoord 1 Ik kijk even")
    await pair.carry()
    await pair.west.stage.says(JORIS, CITY, "!teruggeven 1")
    because = await pair.carry()
    assert any("niet verder" in words for words in to(dm, because[pair.noord]))
    ticket = await pair.noord.stage.ticket()
    assert (ticket.status, ticket.assignee) == (Status.NEW, None)
    refused = await pair.west.stage.says(JORIS, CITY, "!antwoord 1 En toch")
    assert "En toch" not in str(await pair.carry())
    assert to(CITY, refused)


async def test_taken_at_home_while_it_was_offered(pair: Pair) -> None:
    await offered(pair)
    await pair.noord.stage.reacts(JORIS, TEAM, await pair.noord.stage.card(), "✋")
    because = await pair.carry()
    [out], [in_] = await pair.noord.lends(), await pair.west.lends()
    assert (out.state, in_.state) == (Out.WITHDRAWN, In.ENDED)
    assert any("al gepakt" in words for words in to(CITY, because[pair.west]))
    refused = await pair.west.stage.reacts(JORIS, CITY, await pair.west.stage.card(), "✋")
    assert to(CITY, refused)


async def test_both_claim_at_once(pair: Pair) -> None:
    """The origin decides: whoever is first there has it."""
    await offered(pair)
    await pair.noord.stage.reacts(JORIS, TEAM, await pair.noord.stage.card(), "✋")
    await pair.west.stage.reacts(JORIS, CITY, await pair.west.stage.card(), "✋")
    await pair.carry()
    [out], [in_] = await pair.noord.lends(), await pair.west.lends()
    assert (out.state, in_.state) == (Out.WITHDRAWN, In.ENDED)
    assert (await pair.noord.stage.ticket()).assignee == JORIS


async def test_nobody_says_anything(pair: Pair) -> None:
    dm = await offered(pair)
    said = await pair.passes(timedelta(hours=9))
    [out], [in_] = await pair.noord.lends(), await pair.west.lends()
    assert (out.state, in_.state) in {
        (Out.WITHDRAWN, In.DECLINED),
        (Out.WITHDRAWN, In.ENDED),
        (Out.DECLINED, In.DECLINED),
    }
    assert any("niemand" in words for words in to(dm, said[pair.noord]))
    assert (await pair.noord.stage.ticket()).status == Status.NEW


async def test_what_nobody_here_can_take_is_offered_by_itself(pair: Pair) -> None:
    dm = await asked(pair)
    said = []
    for _ in range(16):
        said += (await pair.passes(timedelta(hours=4)))[pair.noord]
    asks = [words for words in to(dm, said) if "Helpdesk West" in words]
    assert len(asks) == 1, "they are asked once"
    await pair.noord.stage.says(FATIMA, dm, "ja")
    await pair.carry()
    assert [lend.state for lend in await pair.west.lends()] == [In.OFFERED]


async def test_coordinators_see_it(pair: Pair) -> None:
    await lent(pair)
    for side, arrow in ((pair.noord, "➡️"), (pair.west, "⬅️")):
        [words] = to("!coordinatie:test", await side.stage.says(ELS, "!coordinatie:test", "!federatie"))
        assert arrow in words
        assert "vraag 1" in words
        assert pair.other(side).bot in words


@pytest.mark.parametrize("letter", ["x", "ሀ", '"'])
async def test_what_is_too_long_for_one_event_is_cut(pair: Pair, letter: str) -> None:
    """Encrypted, a message grows by a third; an event has 65,536 bytes."""
    dm = await lent(pair)
    await pair.noord.stage.says(FATIMA, dm, letter * 21_000)
    because = await pair.carry()
    [word] = [
        word for _, word in pair.noord.said if word["type"] == "message" and letter * 99 in word["text"]
    ]
    assert word["cut"]
    assert len(word["text"]) >= 13_000
    assert len(json.dumps(word, ensure_ascii=False).encode()) * 4 / 3 < 55_000
    assert any(letter * 99 in words for words in to(CITY, because[pair.west]))
