"""Words that are lost, come twice or in another order, and helpdesks that are put back: in the end both mean the same."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from helpdesk_bot.domain.federation.lending import In, Out, agree
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import restored
from helpdesk_bot.storage.engine import Database
from tests.conversation.conftest import CITY, COORDINATION, FATIMA, JORIS, SANNE, TEAM
from tests.conversation.federation.pair import Pair, Side, as_peers
from tests.conversation.federation.test_lending import asked, lent
from tests.conversation.pages import Page
from tests.conversation.stage import Stage, in_a_hurry, to

LOST, TWICE = 0.25, 0.2


@dataclass
class Network:
    """What was said and has not arrived. Nothing is for ever in it: whatever it loses is said again when they compare."""

    pair: Pair
    dice: random.Random
    waiting: list[tuple[Side, str, dict[str, Any]]] = field(default_factory=list)
    number: int = 0

    async def moves(self, steps: int) -> None:
        """Some of what was said arrives, in any order."""
        self.takes_in()
        for _ in range(steps):
            if not self.waiting:
                return
            side, event_id, content = self.waiting.pop(self.dice.randrange(len(self.waiting)))
            if self.dice.random() < TWICE:
                self.waiting.append((side, event_id, content))
            self.number += 1
            await self.pair.hears(side, f"{event_id}-{self.number}", content)
            self.takes_in()

    def takes_in(self) -> None:
        for side in self.pair.sides:
            for event_id, content in side.collect():
                if self.dice.random() >= LOST or content["type"] == "hello":
                    self.waiting.append((self.pair.other(side), event_id, content))

    async def heals(self) -> None:
        """Everything arrives from now on, and the two compare, for some hours."""
        for side, event_id, content in self.waiting:
            self.number += 1
            await self.pair.hears(side, f"{event_id}-{self.number}", content)
        self.waiting.clear()
        for _ in range(4):
            await self.pair.passes(timedelta(hours=1))


async def settled(pair: Pair) -> None:
    """Both mean the same, and everything that was said stands on the other side once."""
    outs = {lend.ref: lend for lend in await pair.noord.lends()}
    ins = {lend.ref: lend for lend in await pair.west.lends()}
    for ref, out in outs.items():
        in_ = In(ins[ref].state) if ref in ins else In.RETURNED
        assert agree(Out(out.state), in_), f"{out.state} and {in_}"
    assert sum(lend.state in (Out.CONFIRMED, Out.CLOSED) for lend in outs.values()) <= 1
    for side in pair.sides:
        assert not await side.stage.failed()


@dataclass
class People:
    """Fatima asks in Noord, Joris helps in West; each does at any moment what can be done then. `asked` and `answered`: a word of
    its own for each message."""

    pair: Pair
    dm: str
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def may_help(self) -> bool:
        return (
            bool(await self.pair.west.lends())
            and (await self.pair.west.stage.ticket()).status == Status.CLAIMED
        )

    async def do_more(self) -> None:
        self.asked.append(f"vraagwoord{len(self.asked)}x")
        await self.pair.noord.stage.says(FATIMA, self.dm, f"Nog iets: {self.asked[-1]}")

    async def do_answer(self) -> None:
        if await self.may_help():
            word = f"antwoordwoord{len(self.answered)}x"
            said = await self.pair.west.stage.says(JORIS, CITY, f"!antwoord 1 Kijk naar {word}")
            if any("verstuurd" in words for words in to(CITY, said)):
                self.answered.append(word)

    async def do_claim(self) -> None:
        if await self.pair.west.lends():
            await self.pair.west.stage.says(JORIS, CITY, "!pak 1")

    async def do_solve(self) -> None:
        if await self.may_help():
            await self.pair.west.stage.says(JORIS, CITY, "!opgelost 1")

    async def do_no(self) -> None:
        if (await self.pair.noord.stage.ticket()).status == Status.SOLVED:
            await self.pair.noord.stage.says(FATIMA, self.dm, "nee")

    async def do_take_over(self) -> None:
        await self.pair.noord.stage.says(SANNE, TEAM, "!overnemen 1")

    async def do_nothing(self) -> None:
        for side in self.pair.sides:
            await side.stage.passes(timedelta(minutes=5))


OFTEN = ["more", "answer", "claim", "solve", "claim", "nothing", "no"]


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_the_network_does(pair: Pair, seed: int) -> None:
    dice = random.Random(seed)
    network = Network(pair, dice)
    people = People(pair, await asked(pair))
    await pair.noord.stage.says(SANNE, TEAM, "!leen 1")
    await pair.noord.stage.says(FATIMA, people.dm, "ja")
    await network.moves(3)
    for _ in range(14):
        step = dice.choice([*OFTEN, "take_over"] if seed % 4 == 0 else OFTEN)
        await getattr(people, f"do_{step}")()
        await network.moves(dice.randrange(6))
    await network.heals()
    await settled(pair)
    [out] = await pair.noord.lends()
    shown, kept = to(people.dm, pair.noord.stage.sent), [m.text or "" for m in await pair.noord.messages()]
    for word in people.answered if out.confirmed_at else []:
        assert sum(word in text for text in kept) == 1, word
        assert sum(word in words for words in shown) == 1 or out.state == Out.WITHDRAWN, word
    there = [message.text or "" for message in await pair.west.messages()]
    for word in people.asked if out.state in (Out.CONFIRMED, Out.CLOSED) else []:
        assert sum(word in text for text in there) == 1, word


@pytest.mark.parametrize("who", ["noord", "west"])
@pytest.mark.parametrize("after", ["lent", "answered", "finished"])
async def test_a_helpdesk_that_is_put_back(first_page: Page, tmp_path: Path, who: str, after: str) -> None:
    """From a backup of before: what happened since is known to the other one only."""
    stages = []
    for name in ("noord", "west"):
        copyfile(first_page.path, tmp_path / f"{name}.db")
        stages.append(Stage(in_a_hurry(Database(f"sqlite+aiosqlite:///{tmp_path / name}.db"))))
    pair = await as_peers(*stages)
    dm = await asked(pair)
    await pair.noord.stage.says(SANNE, TEAM, "!leen 1")
    await pair.noord.stage.says(FATIMA, dm, "ja")
    await pair.carry()
    back = pair.noord if who == "noord" else pair.west
    if after != "lent":
        await pair.west.stage.says(JORIS, CITY, "!pak 1")
        await pair.carry()
    copy = tmp_path / "backup.db"
    await back.stage.db.close()
    copyfile(tmp_path / f"{who}.db", copy)
    await pair.west.stage.says(JORIS, CITY, "!pak 1")
    await pair.carry()
    await pair.west.stage.says(JORIS, CITY, "!antwoord 1 Eerst dit")
    await pair.noord.stage.says(FATIMA, dm, "Dat helpt niet")
    await pair.carry()
    if after == "finished":
        await pair.west.stage.says(JORIS, CITY, "!opgelost 1")
        await pair.carry()
        await pair.noord.stage.says(FATIMA, dm, "ja")
        await pair.carry()
    await back.stage.db.close()
    copyfile(copy, tmp_path / f"{who}.db")
    for _ in range(4):
        await pair.passes(timedelta(hours=1))
    await settled(pair)
    for side in pair.sides:
        await side.stage.db.close()


async def test_a_peer_that_was_down_for_a_day_catches_up(pair: Pair) -> None:
    dm = await lent(pair)
    held = []
    for hour in range(24):
        if hour % 6 == 0:
            await pair.noord.stage.says(FATIMA, dm, f"Bericht na {hour} uur")
        await pair.noord.stage.passes(timedelta(hours=1))
        held += pair.noord.collect()
        pair.west.stage.now += timedelta(hours=1)
    for event_id, content in held:
        await pair.hears(pair.west, f"{event_id}-late", content)
    await pair.carry()
    there = [message.text or "" for message in await pair.west.messages()]
    assert [text for text in there if "Bericht na" in text] == [
        f"Bericht na {hour} uur" for hour in range(0, 24, 6)
    ]
    await settled(pair)


async def test_an_offer_to_a_dead_helpdesk_comes_back(pair: Pair) -> None:
    dm = await asked(pair)
    await pair.noord.stage.says(SANNE, TEAM, "!leen 1")
    await pair.noord.stage.says(FATIMA, dm, "ja")
    said = []
    for _ in range(9):
        said += await pair.noord.stage.passes(timedelta(hours=1))
    assert any("niemand" in words for words in to(dm, said))
    [lend] = await pair.noord.lends()
    assert lend.state == Out.WITHDRAWN
    ticket = await pair.noord.stage.ticket()
    assert (ticket.status, ticket.assignee) == (Status.NEW, None)


async def test_a_helpdesk_that_was_put_back_says_so(pair: Pair) -> None:
    await lent(pair)
    west = pair.west.stage
    async with west.db.transaction() as session:
        await restored.note(session, west.now - timedelta(hours=1), west.now)
    because = await pair.passes(timedelta(hours=1))
    assert any("reservekopie" in words for words in to(COORDINATION, because[pair.noord]))
    assert not to(COORDINATION, (await pair.passes(timedelta(hours=7)))[pair.noord]), "once"
