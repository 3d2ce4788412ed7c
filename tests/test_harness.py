"""The harness itself: what the other tests stand on."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from helpdesk_bot.demo.api import Api, ApiError, path
from helpdesk_bot.demo.listener import NotSeen
from helpdesk_bot.demo.media import picture
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from tests.conftest import NewPerson
from tests.support.together import TOGETHER


async def test_two_people_talk_in_an_encrypted_chat(new_person: NewPerson) -> None:
    noor, sam = await new_person("noor"), await new_person("sam")
    room = await noor.create_dm(sam.user_id)
    assert await sam.accept_invite(room) == room
    first = await noor.send(room, f"Dag {sam.user_id}, kun je helpen?", mentions=[sam.user_id])

    seen = await sam.wait_for(room, "kun je helpen", sender=noor.user_id)
    assert (seen.event_id, seen.body, seen.encrypted) == (first, "Dag Sam, kun je helpen?", True)
    assert seen.mentions == (sam.user_id,)
    assert seen.html is not None
    assert f'<a href="https://matrix.to/#/{sam.user_id}">Sam</a>' in seen.html
    assert sam.account_data.get("m.direct") is None
    assert (await noor.until(lambda: noor.account_data.get("m.direct"), "m.direct")) == {sam.user_id: [room]}

    photo = picture(64, 48)
    await sam.send_image(room, photo, "router.png", thread=first)
    image = await noor.wait_for(room, lambda message: message.msgtype == "m.image")
    assert image.content["info"] == {"mimetype": "image/png", "size": len(photo), "w": 64, "h": 48}
    assert "url" not in image.content
    assert await noor.download(image) == photo
    assert (image.thread, image.reply_to) == (first, None)

    await sam.react(room, first, "✅")
    reaction = await noor.wait_for_reaction(room, first, "✅")
    await sam.redact(room, reaction.event_id)
    await noor.until(lambda: not noor.reactions(room, first), "the reaction going away")

    mark = sam.mark()
    await noor.edit(room, first, "Het is al gelukt")
    edited = await sam.wait_for(room, "al gelukt", after=mark)
    assert (edited.event_id, edited.body, len(edited.edits)) == (first, "Het is al gelukt", 1)
    await noor.redact(room, image.event_id)  # not hers: allowed, because she made the room
    await sam.until(lambda: sam.message(room, image.event_id).redacted, "the photo going away")
    assert [event.type for event in sam.events(room)][-2:] == ["m.room.message", "m.room.redaction"]


async def test_a_person_sees_everything_after_being_away(synapse: Synapse, tmp_path: Path) -> None:
    async with Person.at(synapse, "away-writer", tmp_path / "writer") as writer:
        async with Person.at(synapse, "away-reader", tmp_path / "reader") as reader:
            room = await writer.create_dm(reader.user_id)
            await reader.accept_invite(room)
        sent = [await writer.send(room, f"bericht {number}") for number in range(120)]
        async with Person.at(synapse, "away-reader", tmp_path / "reader") as reader:
            assert reader.account.user_id == synapse.user_id("away-reader")
            await reader.wait_for(room, "bericht 119")
            assert [message.event_id for message in reader.read(room)] == sent
            assert [message.body for message in reader.read(room)] == [f"bericht {n}" for n in range(120)]


async def test_sending_twice_is_seen_twice_and_silence_is_an_error(new_person: NewPerson) -> None:
    noor, sam = await new_person("noor", encrypts=False), await new_person("sam", encrypts=False)
    room = await noor.create_room(name="Hulp", invite=[sam.user_id])
    await sam.accept_invite()
    for _ in range(2):
        await noor.send(room, "dubbel")
    await sam.until(lambda: len(sam.read(room)) == 2, "both")
    mark = sam.mark()
    with pytest.raises(NotSeen, match=r"did not see 'dubbel'(.|\n)*dubbel"):
        await sam.wait_for(room, "dubbel", 0.2, after=mark)
    assert sam.room(room).members() == {noor.user_id: "Noor", sam.user_id: "Sam"}
    await noor.kick(room, sam.user_id)
    await sam.until(lambda: sam.room(room).membership == "leave", "being kicked")


async def test_people_outlive_a_crash_of_the_homeserver(synapse: Synapse, new_person: NewPerson) -> None:
    noor, sam = await new_person("noor"), await new_person("sam")
    room = await noor.create_dm(sam.user_id)
    await sam.accept_invite(room)
    await noor.send(room, "voor")
    await sam.wait_for(room, "voor")
    url = synapse.url
    await synapse.kill()
    sending = asyncio.create_task(noor.send(room, "tijdens"))
    await asyncio.sleep(0.2)
    assert not sending.done()
    await synapse.start()
    assert synapse.url == url
    await sam.wait_for(room, "tijdens")
    await synapse.stop()
    await synapse.start()
    await sam.send(room, "na")
    await noor.wait_for(room, "na")
    assert [message.body for message in noor.read(room)] == ["voor", "tijdens", "na"]


async def test_default_limits_refuse_until_they_are_lifted(limited_synapse: Synapse) -> None:
    account = await limited_synapse.register("hasty")
    async with Api(limited_synapse.url, account.token) as api:
        room = (await api.call("POST", path("createRoom"), json={}))["room_id"]

        async def send(numbers: range) -> None:
            for number in numbers:
                place = path("rooms", room, "send", "m.room.message", str(number))
                await api.call("PUT", place, json={"msgtype": "m.text", "body": "snel"}, patience=2)

        with pytest.raises(ApiError, match="429 M_LIMIT_EXCEEDED"):
            await send(range(20))
        await limited_synapse.override_ratelimit(account.user_id)
        await send(range(20, 40))


async def test_the_homeserver_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, pathlib, signal, sys\n"
        "from helpdesk_bot.demo.synapse import Synapse\n"
        "async def main():\n"
        "    async with Synapse(pathlib.Path(sys.argv[1])) as synapse:\n"
        "        print(synapse.url, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path / "s"), stdout=subprocess.PIPE
    )
    output, _ = await parent.communicate()
    assert parent.returncode == -signal.SIGKILL
    async with Api(output.decode().strip(), "") as api:
        for _ in range(10):  # the kernel may take a moment
            if not await _answers(api):
                return
    pytest.fail("the homeserver outlived its parent")


async def _answers(api: Api) -> bool:
    try:
        await api.call("GET", "/_matrix/client/versions", patience=0.3)
    except TimeoutError:
        return False
    return True


async def test_a_fresh_database_answers(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
        assert (await connection.scalar(text("SELECT count(*) FROM t"))) == 0
    await engine.dispose()


@pytest.mark.parametrize("place", TOGETHER)
def test_what_must_follow_one_another_is_where_it_was(place: str) -> None:
    assert Path(__file__).parents[1].joinpath(place).exists()
