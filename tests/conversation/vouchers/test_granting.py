"""A coordinator gives hours that somebody funds, in one sentence."""

import pytest

from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import Voucher
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, SANNE, TEAM
from tests.conversation.stage import Stage, to
from tests.conversation.vouchers.work import GRANT


async def test_in_one_sentence(stage: Stage) -> None:
    [granted] = to(COORDINATION, await stage.says(ELS, COORDINATION, GRANT))
    assert "Voucher 1 staat erin: 10 uur voor De Zon, van Gemeente" in granted
    assert "tot en met donderdag 31 december" in granted


@pytest.mark.parametrize(
    "words",
    [
        "De Zon 10u tot 31-12-2026 Gemeente",
        "De Zon 10 uur van het jaar, Gemeente t/m 31 december",
        "De Zon: 600m Gemeente until 31 December 2026",
    ],
)
async def test_in_any_order(stage: Stage, words: str) -> None:
    [granted] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!voucher {words}"))
    assert "10 uur voor De Zon" in granted
    assert "Gemeente" in granted
    assert "31 december" in granted


@pytest.mark.parametrize(
    ("words", "funder"),
    [
        ("De Zon 2 uur Fonds NH geldig tot 1 december", "Fonds NH"),
        ("voor De Zon 20 uur tot 1 maart 2027 betaald door Stadsdeel Noord", "Stadsdeel Noord"),
        ("De Zon 20 hours from the City, valid until 1 March 2027", "City"),
        ("De Zon 20 uur van de gemeente t/m 1 maart 2027", "gemeente"),
        ("De Zon 20 uur Van Leer Fonds t/m 1 maart 2027", "Van Leer Fonds"),
    ],
)
async def test_words_of_a_sentence_are_no_part_of_a_name(stage: Stage, words: str, funder: str) -> None:
    await stage.says(ELS, COORDINATION, f"!voucher {words}")
    async with stage.db.reading() as session:
        made = await session.get_one(Voucher, 1)
        assert (made.funder, await vouchers.name_of(session, made.organisation_id)) == (funder, "De Zon")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "voor wie, hoeveel uur"),
        ("De Zon", "voor wie, hoeveel uur"),
        ("10u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
        ("1 10u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
        ("De Zon 0u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
        ("De Zon 99999u Gemeente tot 31-12-2026", "voor wie, hoeveel uur"),
        ("De Zon 10u Gemeente", "Tot en met welke dag"),
        ("De Zon 10u Gemeente tot 31-12-2020", "Tot en met welke dag"),
        ("De Zon 10u tot 31-12-2026", "Wie betaalt"),
    ],
)
async def test_what_is_missing(stage: Stage, words: str, answer: str) -> None:
    [refused] = to(COORDINATION, await stage.says(ELS, COORDINATION, f"!voucher {words}"))
    assert answer in refused


async def test_a_slip_in_the_name(stage: Stage, sun: str) -> None:
    [asked] = to(COORDINATION, await stage.says(ELS, COORDINATION, GRANT.replace("De Zon", "De Zonn")))
    assert "wel De Zon" in asked
    await stage.says(ELS, COORDINATION, GRANT.replace("De Zon", "nieuw De Zonn"))
    assert "De Zonn" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))[0]


@pytest.mark.parametrize("text", [GRANT, "!voucher toestaan 1", "!voucher stop 1", "!vouchers"])
async def test_not_by_who_asked(stage: Stage, sun: str, text: str) -> None:
    assert "mensen van het team" in to(sun, await stage.says(FATIMA, sun, text))[0]


@pytest.mark.parametrize("text", [GRANT, "!voucher toestaan 1", "!voucher stop 1"])
async def test_not_by_a_technician(stage: Stage, sun: str, text: str) -> None:
    assert "alleen voor coördinatoren" in to(TEAM, await stage.says(SANNE, TEAM, text))[0]


async def test_not_where_others_read_along(stage: Stage) -> None:
    assert "anderen hier meelezen" in to(HELP, await stage.says(ELS, HELP, GRANT))[0]
