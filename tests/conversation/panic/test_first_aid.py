"""What somebody can do meanwhile, by what the emergency is."""

import pytest

from tests.conversation.conftest import FATIMA, SANNE, TEAM
from tests.conversation.duty import NOORD, WHOLE_CITY, with_duty
from tests.conversation.panic.emergency import called
from tests.conversation.stage import Stage, to


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("onze ledenlijst ligt op straat", "gegevens gelekt"),
        ("mijn laptop is gestolen", "apparaat gestolen"),
        ("onze website ligt plat", "website ligt plat"),
        ("onze beheerder is overleden", "wie alles regelde is weg"),
    ],
)
async def test_by_words(duty: Stage, dm: str, text: str, title: str) -> None:
    said = to(dm, await duty.says(FATIMA, dm, f"!paniek {text}"))
    assert f"Eerste hulp: {title}" in said[-1]


async def test_what_the_law_asks(duty: Stage, dm: str) -> None:
    said = to(dm, await duty.says(FATIMA, dm, "!paniek datalek"))
    assert "binnen 72 uur" in said[-1]
    assert "Autoriteit Persoonsgegevens" in said[-1]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("1", "account gehackt"),
        ("5", "apparaat gestolen"),
        ("website ligt plat", "website"),
        ("6", "wacht"),
    ],
)
async def test_by_number_or_name(duty: Stage, dm: str, answer: str, title: str) -> None:
    await duty.says(FATIMA, dm, "!paniek help")
    said = await duty.says(FATIMA, dm, answer)
    assert title in to(dm, said)[0]
    assert any("Het gaat volgens de vrager om" in words for words in to(TEAM, said))


async def test_nonsense_is_passed_on(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "!paniek help")
    assert any("77" in words for words in to(TEAM, await duty.says(FATIMA, dm, "77")))


async def test_a_stadsdeel_is_still_understood(stage: Stage, dm: str) -> None:
    await with_duty(stage, NOORD, WHOLE_CITY)
    said = await stage.says(FATIMA, dm, "!paniek help")
    assert any("Ik bel nu Kim" in words for words in to(dm, said))
    await stage.says(FATIMA, dm, "Noord")
    assert (await stage.ticket()).stadsdeel == "noord"
    assert (await called(stage))[-1][0] == SANNE
