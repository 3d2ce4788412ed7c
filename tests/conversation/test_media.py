"""Photos, files, voice messages, stickers and places, in every role they can have."""

from typing import Any

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME, SANNE, TEAM
from tests.conversation.stage import Said, Stage, edits_in, redacted, to

SEALED = {
    "msgtype": "m.file",
    "body": "begroting.ods",
    "url": None,
    "file": {
        "url": "mxc://test/geheim",
        "v": "v2",
        "key": {"kty": "oct", "alg": "A256CTR", "ext": True, "k": "aaa", "key_ops": ["encrypt", "decrypt"]},
        "iv": "bbb",
        "hashes": {"sha256": "ccc"},
    },
}
VOICE = {
    "msgtype": "m.audio",
    "body": "Voice message",
    "org.matrix.msc3245.voice": {},
    "info": {"duration": 4000},
}


def files(room: str, said: list[Said]) -> list[dict[str, Any]]:
    return [
        s.content
        for s in said
        if s.room == room and str(s.content.get("url") or s.content.get("file", "")) != ""
    ]


async def test_a_photo_is_a_question(stage: Stage, dm: str) -> None:
    [welcome] = to(dm, await stage.sends(FATIMA, dm))
    assert "vraag 1" in welcome
    said = await stage.says(FATIMA, dm, "Noord")
    assert "Vraag met een foto" in to(TEAM, said)[0]
    assert "Fatima stuurt een foto (foto.jpg)" in to(TEAM, said)[1]
    assert files(TEAM, said)[0]["url"] == "mxc://test/foto"


async def test_a_photo_with_words(stage: Stage, dm: str) -> None:
    await stage.sends(FATIMA, dm, body="Wat betekent dit rode kruis?", filename="scherm.png")
    said = await stage.says(FATIMA, dm, "Noord")
    assert (await stage.ticket()).subject == "Wat betekent dit rode kruis?"
    assert "Wat betekent dit rode kruis?" in to(TEAM, said)[1]
    assert files(TEAM, said)[0]["filename"] == "scherm.png"


async def test_a_voice_message(stage: Stage, asked: str) -> None:
    said = await stage.sends(FATIMA, asked, **VOICE)
    assert "Fatima stuurt een spraakbericht" in to(TEAM, said)[0]
    assert files(TEAM, said)[0]["org.matrix.msc3245.voice"] == {}


async def test_a_sealed_file_keeps_its_key(stage: Stage, asked: str) -> None:
    said = await stage.sends(FATIMA, asked, **SEALED)
    assert files(TEAM, said)[0]["file"] == SEALED["file"]


async def test_a_photo_right_after_the_question_in_a_help_room(stage: Stage) -> None:
    await stage.says(KWAME, HELP, "!hulp mijn scherm doet raar")
    said = await stage.sends(KWAME, HELP)
    assert to(HELP, said) == ["📎 vraag 1"]
    assert files(TEAM, said)


async def test_a_photo_with_a_command_as_its_words(stage: Stage) -> None:
    said = await stage.sends(KWAME, HELP, body="!hulp wat is dit?", filename="scherm.png")
    assert "nummer 1" in to(HELP, said)[0]
    assert files(TEAM, said)
    assert (await stage.ticket()).question == "wat is dit?"


async def test_a_photo_of_somebody_who_asks_nothing(stage: Stage) -> None:
    assert not await stage.sends(KWAME, HELP)


async def test_a_file_in_an_answer(stage: Stage, helped: str) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}}
    said = await stage.sends(SANNE, TEAM, body="Zo ziet het eruit", filename="uitleg.png", **relates)
    assert "Sanne (helpdesk) stuurt je een foto (uitleg.png)" in to(helped, said)[0]
    assert "Zo ziet het eruit" in to(helped, said)[0]
    assert files(helped, said)[0]["filename"] == "uitleg.png"


async def test_a_file_with_the_command_answer(stage: Stage, helped: str) -> None:
    said = await stage.sends(SANNE, TEAM, body="!antwoord 1", filename="uitleg.png")
    assert files(helped, said)


async def test_a_file_in_a_note(stage: Stage, helped: str) -> None:
    card = await stage.card()
    relates = {
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": card,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": card},
        }
    }
    said = await stage.sends(SANNE, TEAM, **relates)
    assert not to(helped, said)
    assert to(TEAM, said) == ["🔒 binnen"]


async def test_words_taken_from_a_file_are_taken_on_the_other_side_too(stage: Stage, helped: str) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}}
    await stage.sends(SANNE, TEAM, body="Wachtwoord is appeltaart", filename="uitleg.png", **relates)
    content = {
        "msgtype": "m.image",
        "body": "* uitleg.png",
        "m.new_content": {"msgtype": "m.image", "body": "uitleg.png", "url": "mxc://test/foto"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": stage.last},
    }
    _, said = await stage.event(SANNE, TEAM, "m.room.message", content)
    [edit] = [s for s in said if s.room == helped]
    assert edit.edits
    assert "appeltaart" not in edit.body


async def test_a_sticker(stage: Stage, asked: str) -> None:
    _, said = await stage.event(FATIMA, asked, "m.sticker", {"body": "duim", "url": "mxc://test/duim"})
    assert files(TEAM, said)


async def test_a_place(stage: Stage, asked: str) -> None:
    said = (
        await stage.event(
            FATIMA, asked, "m.room.message", {"msgtype": "m.location", "body": "Locatie: geo:52.4,4.9"}
        )
    )[1]
    assert "geo:52.4,4.9" in to(TEAM, said)[0]


@pytest.mark.parametrize(
    "content",
    [
        {"url": "https://evil.example/x.png"},
        {"url": 7},
        {"url": None, "file": {"url": "mxc://test/x"}},
        {"info": {"thumbnail_url": "mxc://test/x", "thumbnail_info": {"thumbnail_url": "mxc://test/x"}}},
        {"body": "../../etc/passwd\x00\u202egpj.exe", "info": {"w": True, "h": -1, "mimetype": "a/b\nc"}},
    ],
)
async def test_hostile_content_never_fails(stage: Stage, asked: str, content: dict[str, Any]) -> None:
    said = await stage.sends(FATIMA, asked, **content)
    assert not await stage.failed()
    assert "evil.example" not in str(said)
    assert "\u202e" not in str([s.content for s in said])


async def test_notices_and_unknown_kinds_mean_nothing(stage: Stage, dm: str) -> None:
    for kind in ("m.notice", "m.server_notice", "nl.onbekend", None, 7):
        assert not (await stage.event(FATIMA, dm, "m.room.message", {"msgtype": kind, "body": "!hulp iets"}))[
            1
        ]
    assert not (await stage.event(FATIMA, dm, "m.poll.start", {"body": "pizza?"}))[1]


def instead(event_id: str, name: str, url: str) -> dict[str, Any]:
    inner = {"msgtype": "m.image", "body": name, "filename": name, "url": url}
    return {
        **inner,
        "body": f"* {name}",
        "m.new_content": inner,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }


async def test_another_file_in_the_place_of_the_first(stage: Stage, helped: str) -> None:
    first = files(TEAM, await stage.sends(FATIMA, helped))
    assert first
    sent = stage.last
    _, said = await stage.event(
        FATIMA, helped, "m.room.message", instead(sent, "beter.jpg", "mxc://test/beter")
    )
    assert [f["url"] for f in files(TEAM, said)] == ["mxc://test/beter"]
    assert "in plaats van" in to(TEAM, said)[0]
    assert not edits_in(TEAM, said)
    _, said = await stage.event(
        FATIMA, helped, "m.room.message", instead(sent, "best.jpg", "mxc://test/best")
    )
    assert [f["url"] for f in files(TEAM, said)] == ["mxc://test/best"]
    every = {
        s.event_id for s in stage.sent if s.room == TEAM and ("Fatima stuurt" in s.body or "url" in s.content)
    }
    assert len(every) == 6
    assert set(redacted(await stage.deletes(FATIMA, helped, sent))) == every


async def test_another_file_in_an_answer(stage: Stage, helped: str) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": await stage.card()}}}
    await stage.sends(SANNE, TEAM, body="uitleg.png", filename="uitleg.png", **relates)
    answer = stage.last
    _, said = await stage.event(
        SANNE, TEAM, "m.room.message", instead(answer, "beter.png", "mxc://test/beter")
    )
    assert "in plaats van" in to(helped, said)[0]
    assert [f["url"] for f in files(helped, said)] == ["mxc://test/beter"]
    assert [f["url"] for f in files(TEAM, said)] == [
        "mxc://test/beter"
    ]  # the thread holds the whole conversation


async def test_another_file_in_a_note_stays_inside(stage: Stage, helped: str) -> None:
    await stage.sends(SANNE, TEAM, body="!notitie 1", filename="intern.png")
    note = stage.last
    _, said = await stage.event(SANNE, TEAM, "m.room.message", instead(note, "beter.png", "mxc://test/beter"))
    assert not [s for s in said if s.room == helped]
    assert files(TEAM, said)


async def test_a_file_in_the_place_of_words(stage: Stage, helped: str) -> None:
    await stage.says(FATIMA, helped, "kijk zelf maar")
    _, said = await stage.event(
        FATIMA, helped, "m.room.message", instead(stage.last, "kijk.jpg", "mxc://test/kijk")
    )
    assert [f["url"] for f in files(TEAM, said)] == ["mxc://test/kijk"]


async def test_a_file_in_the_place_of_the_question(stage: Stage, dm: str) -> None:
    await stage.says(FATIMA, dm, "kijk zelf maar")
    question = stage.last
    await stage.says(FATIMA, dm, "Noord")
    _, said = await stage.event(
        FATIMA, dm, "m.room.message", instead(question, "kijk.jpg", "mxc://test/kijk")
    )
    assert [f["url"] for f in files(TEAM, said)] == ["mxc://test/kijk"]
    assert "Vraag met een foto" in edits_in(TEAM, said)[0]


async def test_words_to_the_second_file_are_corrected_there_only(stage: Stage, helped: str) -> None:
    await stage.sends(FATIMA, helped)
    sent = stage.last
    _, said = await stage.event(
        FATIMA, helped, "m.room.message", instead(sent, "beter.jpg", "mxc://test/beter")
    )
    latest = next(s.event_id for s in said if "in plaats van" in s.body)
    content = instead(sent, "beter.jpg", "mxc://test/beter")
    content["m.new_content"]["body"] = "Zo beter?"
    _, said = await stage.event(FATIMA, helped, "m.room.message", content)
    assert [s.edits for s in said if s.edits] == [latest]
    assert not files(TEAM, said)
