"""All the ways in which people say that something is for the helpdesk, and in which they do not."""

import pytest

from tests.conversation.conftest import FATIMA, HELP, KWAME
from tests.conversation.stage import BOT, Stage, to

OWN = "!buurtwarmte:test"
PILL = '<a href="https://matrix.to/#/@hulp:test">Helpdesk</a>'


@pytest.fixture
async def own(stage: Stage) -> str:
    await stage.room(OWN, size=12)
    await stage.join(OWN, FATIMA, KWAME, BOT)
    return OWN


@pytest.mark.parametrize(
    "text",
    [
        "@Helpdesk onze wiki is traag",
        "Helpdesk: onze wiki is traag",
        "Helpdesk, onze wiki is traag",
        "helpdesk : onze wiki is traag",
        "@hulp onze wiki is traag",
        "@hulp:test onze wiki is traag",
        "@hulp:test: onze wiki is traag",
        "[Helpdesk](https://matrix.to/#/@hulp:test) onze wiki is traag",
        "[@Helpdesk](https://matrix.to/#/%40hulp%3Atest): onze wiki is traag",
        "@Helpdesk !hulp onze wiki is traag",
    ],
)
async def test_in_front(stage: Stage, own: str, text: str) -> None:
    assert to(own, await stage.says(FATIMA, own, text))
    assert (await stage.ticket()).question == "onze wiki is traag"


@pytest.mark.parametrize(
    "text",
    [
        "onze wiki is traag @Helpdesk",
        "Hoi @Helpdesk, onze wiki is traag",
        "kan @hulp:test kijken? onze wiki is traag",
    ],
)
async def test_anywhere(stage: Stage, own: str, text: str) -> None:
    assert to(own, await stage.says(FATIMA, own, text))
    assert "onze wiki is traag" in (await stage.ticket()).question


async def test_by_the_pill_of_a_client(stage: Stage, own: str) -> None:
    said = await stage.says(
        FATIMA,
        own,
        "Helpdesk onze wiki is traag",
        format="org.matrix.custom.html",
        formatted_body=f"{PILL} onze wiki is traag",
    )
    assert to(own, said)


async def test_by_an_intentional_mention(stage: Stage, own: str) -> None:
    assert to(own, await stage.says(FATIMA, own, "onze wiki is traag", **{"m.mentions": {"user_ids": [BOT]}}))


@pytest.mark.parametrize(
    "text",
    [
        "Helpdesk was super gisteren",
        "De helpdesk belde terug",
        "hulpverlening is wat anders",
        "mail naar info@helpdesk.nl",
        "@helpdeskmedewerker is ziek",
        "Vraag: wie neemt er koffie mee?",
        "Wie heeft de sleutel, hulp gezocht",
    ],
)
async def test_about_it_is_not_to_it(stage: Stage, own: str, text: str) -> None:
    assert not await stage.says(FATIMA, own, text)


async def test_a_quoted_mention_is_none(stage: Stage, own: str) -> None:
    html = f"<mx-reply><blockquote>{PILL} iets</blockquote></mx-reply>ja precies"
    assert not await stage.says(
        KWAME,
        own,
        "> <@fatima:test> @hulp:test iets\n\nja precies",
        formatted_body=html,
        **{"m.relates_to": {"m.in_reply_to": {"event_id": "$iets"}}},
    )


@pytest.mark.parametrize(
    "text", ["Vraag: onze wiki is traag", "Helpdesk onze wiki is traag", "HULP: onze wiki is traag"]
)
async def test_in_a_help_room_fewer_signs_are_enough(stage: Stage, text: str) -> None:
    assert to(HELP, await stage.says(FATIMA, HELP, text))
    assert (await stage.ticket()).question == "onze wiki is traag"


async def test_what_begins_like_the_name_is_kept_whole(stage: Stage, own: str) -> None:
    await stage.says(FATIMA, own, "hulpverlening regelen, @Helpdesk?")
    assert (await stage.ticket()).question.startswith("hulpverlening")
