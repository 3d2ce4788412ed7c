"""The demo must fail when what it promises does not happen. Here things go wrong on purpose."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from rich.console import Console

from helpdesk_bot.demo.bot import Bot
from helpdesk_bot.demo.expectations import Expectation, Expectations, NotMet
from helpdesk_bot.demo.neighbour import Neighbour
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.phones import Phones
from helpdesk_bot.demo.screen import Screen
from helpdesk_bot.demo.site import Site
from helpdesk_bot.demo.stage import FolderInUse, Stage, occupied
from helpdesk_bot.demo.story import proofs
from helpdesk_bot.demo.story.programme import verdict
from helpdesk_bot.demo.story.telling import Carried, Telling
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.demo.transcript import Transcript
from helpdesk_bot.demo.witness import Witness
from tests.conftest import NewPerson

NOTE = "Onder ons: volgens mij klopt hun boekhouding niet"
ANSWER = "Zet de link op Beperkt, dan kan niemand er meer bij"


async def test_who_never_sees_it_makes_the_demo_fail(new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(name="Leeg")
    told: list[Expectation] = []
    expectations = Expectations(told.append, chapter="Story 1")
    with pytest.raises(NotMet):
        await expectations.sees("Noor", "an answer", noor.wait_for(room, "antwoord", 0.2))
    [missed] = expectations.missed
    assert told == [missed]
    assert missed.verdict == "✗ NOT seen by Noor"
    assert "did not see 'antwoord'" in missed.missing
    assert verdict(expectations) == 1


async def test_who_sees_it_makes_the_demo_succeed(new_person: NewPerson) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(name="Antwoord")
    await noor.send(room, "een antwoord")
    expectations = Expectations(lambda _: None)
    assert verdict(expectations) == 1  # nothing was expected: that proves nothing
    await expectations.sees("Noor", "an answer", noor.wait_for(room, "antwoord", 5))
    assert verdict(expectations) == 0


class Scene:
    """A telling with a technician, somebody who asks, and a helpdesk that does whatever the test wants."""

    def __init__(self, telling: Telling, bot: Person, team: str, chat: str) -> None:
        self.telling, self.bot, self.team, self.chat = telling, bot, team, chat

    async def counted(self) -> dict[str, str]:
        """What the counting finds wrong, by what it is about."""
        await proofs.count(self.telling)
        return {missed.what: missed.missing for missed in self.telling.expectations.missed}


@pytest.fixture
async def scene(synapse: Synapse, new_person: NewPerson, tmp_path: Path) -> AsyncIterator[Scene]:
    people = {
        name: await new_person(name.lower().replace("á", "a")) for name in ("Fatima", "Sanne", "Yvonne")
    }
    bot = await new_person("bot")
    for name in ("Kwame", "Ines", "Tomás"):
        people[name] = people["Fatima"]
    team = await bot.create_room(invite=[people["Sanne"].user_id], encrypted=True)
    alarms = await bot.create_room(invite=[people["Yvonne"].user_id], encrypted=True)
    chat = await bot.create_room(invite=[people["Fatima"].user_id], encrypted=True)
    stage = Stage(
        tmp_path, synapse, Bot(tmp_path / "none", tmp_path / "log"), bot.user_id, False, Phones(), Site()
    )
    stage.people, stage.rooms = people, {"coordinatie": alarms}
    stage.next_door = Neighbour(synapse, stage.bot, people["Yvonne"], {})
    names = {person.user_id: name for name, person in people.items()}
    expectations = Expectations(lambda _: None)
    with (tmp_path / "screen").open("w") as screen:
        screen_of_test = Screen(Console(file=screen))
        async with Witness(people.values(), names, stage.bots, Transcript(lambda _: None)) as witness:
            witness.rooms |= {team: "team", chat: "chat", alarms: "alarms"}
            for name, room in (("Sanne", team), ("Fatima", chat), ("Yvonne", alarms)):
                await people[name].accept_invite(room)
            telling = Telling(stage, screen_of_test, witness, expectations, pace=0)
            telling.secrets.append(NOTE)
            telling.carried.append(Carried(ANSWER, chat, reader="Fatima", sender="Sanne"))
            yield Scene(telling, bot, team, chat)


async def said(scene: Scene, room: str, text: str, **how: str) -> str:
    event_id = await scene.bot.send(room, text, **how)
    await scene.telling.witness.shown(event_id)
    return event_id


async def test_when_all_is_well_nothing_is_found(scene: Scene) -> None:
    await said(scene, scene.chat, f"Sanne: {ANSWER}")
    await said(scene, scene.team, NOTE)
    assert await scene.counted() == {}


async def test_a_lost_answer_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "_PATIENCE", 0.3)
    [missing] = (await scene.counted()).values()
    assert "Fatima saw “Zet de link op Beperkt" in missing
    assert "0 times" in missing


async def test_a_doubled_answer_is_found(scene: Scene) -> None:
    for _ in range(2):
        await said(scene, scene.chat, ANSWER)
    found = await scene.counted()
    assert "2 times" in found["each of 1 carried messages stands at the other side exactly once"]
    assert "Fatima got 2 times the same m.room.message" in found["neither helpdesk sent anything twice"]


async def test_what_was_taken_away_and_said_again_is_not_there_twice(scene: Scene) -> None:
    first = await scene.bot.send(scene.chat, "Dit raken jullie kwijt")
    await scene.bot.redact(scene.chat, first)
    await said(scene, scene.chat, "Dit raken jullie kwijt")
    await said(scene, scene.chat, ANSWER)
    assert "neither helpdesk sent anything twice" not in await scene.counted()


@pytest.mark.parametrize("leak", [str, lambda note: f"> {note[12:50]} …"], ids=["whole", "a piece"])
async def test_a_leaked_note_is_found(scene: Scene, leak: Callable[[str], str]) -> None:
    await said(scene, scene.chat, ANSWER)
    await said(scene, scene.chat, leak(NOTE))
    found = await scene.counted()
    assert "Fatima's client has “Onder ons" in found["none of 1 notes reached a client of somebody who asks"]


async def test_plain_text_in_an_encrypted_room_is_found(scene: Scene) -> None:
    await said(scene, scene.chat, ANSWER)
    content = {"msgtype": "m.text", "body": "oeps"}
    event_id = await scene.bot.send_event(scene.chat, "m.room.message", content, plain=True)
    await scene.telling.witness.shown(event_id)
    assert event_id in (await scene.counted())["neither helpdesk wrote plain text in an encrypted room"]


async def test_an_alarm_is_found(scene: Scene) -> None:
    await said(scene, scene.chat, ANSWER)
    await said(scene, scene.telling.stage.rooms["coordinatie"], "⚠ een bericht kon niet worden verwerkt")
    assert "kon niet worden verwerkt" in "".join((await scene.counted()).values())


def test_another_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(FolderInUse, match="Nothing was touched"), occupied(tmp_path, fresh=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_two_demos_can_not_share_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    other = f"import pathlib, sys; from helpdesk_bot.demo.stage import occupied\nwith occupied(pathlib.Path({str(folder)!r}), fresh=True): pass"
    with occupied(folder, fresh=False):
        done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Another demo is running" in done.stderr


def test_a_story_that_was_broken_off_begins_anew_and_a_finished_one_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with occupied(folder, fresh=False):
        (folder / "people").mkdir()
    with occupied(folder, fresh=False):
        assert not (folder / "people").exists()
        (folder / "people").mkdir()
        (folder / "story-finished").touch()
    with occupied(folder, fresh=False):
        assert (folder / "people").exists()
    with occupied(folder, fresh=True):
        assert not (folder / "people").exists()
