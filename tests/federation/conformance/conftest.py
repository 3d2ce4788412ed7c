"""The implementation on one homeserver, and two helpdesks by the book on another, with which it lends and borrows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest

from helpdesk_bot.demo.federation import federation
from helpdesk_bot.protocol.words import Hello, Problem
from tests.federation.conformance.driven import Driven
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.partner import Partner


@dataclass
class Met:
    """What was seen while two came to trust each other. `theirs`: the room that the other made; `ours`: that of the partner."""

    theirs: str
    ours: str
    number: str
    shown: str
    too_early: Problem
    meanwhile: set[str]  # the types of what the other said before the partner trusted it
    trusting: Hello


@dataclass
class World:
    """`one` has an address that comes before most, `two` one that comes after."""

    people: Driven
    one: Partner
    two: Partner
    met: dict[str, Met]


@pytest.fixture(scope="package")
async def world(blank_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("conformance")
    async with (
        federation(folder / "servers", "noord", "west") as (noord, west),
        Driven.on(noord, folder) as people,
        AsyncExitStack() as stack,
    ):
        partners = []
        for name in ("aa-helpdesk", "zz-helpdesk"):
            database = folder / f"{name}.db"
            copyfile(blank_sqlite, database)
            url = f"sqlite+aiosqlite:///{database}"
            at = Partner.at(west, folder / name, url, name, people.bot)
            partners.append(await stack.enter_async_context(at))
        one, two = partners
        met = dict(
            zip(
                (one.address, two.address),
                await asyncio.gather(*(meet(people, p) for p in partners)),
                strict=True,
            )
        )
        yield World(people, one, two, met)


async def meet(people: Driven, partner: Partner) -> Met:
    """Both want to, at the same moment, so there are two rooms."""
    await people.does("add", peer=partner.address)
    theirs = await partner.invited()
    ours = await partner.makes_a_room()
    if partner.address < people.bot:
        partner.room = ours
        await partner.until_inside(ours, people.bot)
    else:
        await partner.until_inside(ours, people.bot, "leave")
        await partner.enters(theirs)
        partner.room = theirs
    await partner.says(partner.hello(trusts=False, answer=True))
    await partner.hears(Hello, after=frozenset())
    before = await partner.mark()
    await partner.says(Lent.new().offer())
    too_early = await partner.hears(Problem, after=before)
    shown = (await people.does("number", peer=partner.address))["number"]
    await people.does("trust", peer=partner.address)
    trusting = await partner.hears(Hello, after=before, trusts=True)
    heard = await partner.mark()
    await partner.says(partner.hello(trusts=False, answer=True))
    await partner.hears(Hello, after=heard)
    meanwhile = {word.type for word in await partner.words()}
    await partner.says(partner.hello())
    return Met(theirs, ours, await partner.number(), shown, too_early, meanwhile, trusting)
