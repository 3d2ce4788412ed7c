"""The homeservers themselves: people of one talk with people of the other, whichever of the two is away in between."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from helpdesk_bot.demo.federation import federating
from helpdesk_bot.demo.person import Person
from tests.federation.conftest import Pair

_numbers = count(1)

Two = tuple[Person, Person, str]


@pytest.fixture
async def two(homeservers: Pair, tmp_path: Path) -> AsyncIterator[Two]:
    """Noor of the one and Wim of the other homeserver, and their encrypted room."""
    async with AsyncExitStack() as here:
        noor, wim = [
            await here.enter_async_context(Person.at(server, f"{name}-{next(_numbers)}", tmp_path / name))
            for server, name in zip(homeservers, ("noor", "wim"), strict=True)
        ]
        room = await noor.create_dm(wim.user_id)
        await wim.accept_invite(room)
        for speaker, other in (
            (noor, wim),
            (wim, noor),
        ):  # their clients have keys of each other from here on
            await speaker.send(room, "Dag")
            assert (await other.wait_for(room, "Dag", sender=speaker.user_id)).encrypted
        yield noor, wim, room


@pytest.mark.parametrize("crash", [False, True], ids=["stopped", "killed"])
async def test_what_was_said_while_a_homeserver_was_away_arrives_once(
    homeservers: Pair, two: Two, crash: bool
) -> None:
    noor, wim, room = two
    for at, (away, here, there) in enumerate(zip(homeservers, (wim, noor), (noor, wim), strict=True)):
        url = away.url
        await (away.kill() if crash else away.stop())
        for number in range(3):
            await here.send(room, f"{at}: bericht {number}")
        await away.start()
        assert away.url == url
        await there.wait_for(room, f"{at}: bericht 2")
        await there.send(room, f"{at}: terug")
        await here.wait_for(room, f"{at}: terug")
        said = [message.body for message in there.read(room) if message.body.startswith(f"{at}:")]
        assert said == [*(f"{at}: bericht {number}" for number in range(3)), f"{at}: terug"]


def test_the_same_folder_gives_the_same_homeservers(homeservers: Pair) -> None:
    folder = homeservers[0].folder.parent
    certificate = (folder / "tls.crt").read_bytes()
    again = [federating(folder, server.folder.name) for server in homeservers]
    assert [(server.server_name, server.url) for server in again] == [
        (server.server_name, server.url) for server in homeservers
    ]
    assert (folder / "tls.crt").read_bytes() == certificate
