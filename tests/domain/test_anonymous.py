"""Nothing that tells who it was about is left, and what helped is."""

from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.anonymous import Known, anonymous
from helpdesk_bot.domain.anonymous_patterns import Kind
from helpdesk_bot.domain.language import ORDINARY
from helpdesk_bot.domain.layout import plain_key

WORDS = {kind: str(kind) for kind in Kind}
KNOWN = Known.of(
    frozenset({"Fatima el Amrani", "fatima", "Wil", "José", "kwame1987", "Bo", "Bas de Vries", "Mar", "Tim"}),
    frozenset({"Buurtwarmte Noord", "De Kas", "Coöperatie Open Data Huis", "Samen", "Stichting Zonnedak"}),
    asking=frozenset({"Buurtwarmte Noord"}),
    rooms=frozenset({"Bestuurskamer Pek", "Agenda"}),
    tools=frozenset({"Google Drive", "Nextcloud", "Zoom", "Open Collective"}),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Fatima kan niet in haar mail", "[name] kan niet in haar mail"),
        ("mail FATIMA of Fatima's zus", "mail [name] of [name]'s zus"),
        ("Vraag het Fatima El Amrani even", "Vraag het [name] even"),
        ("Jose en José doen mee", "[name] en [name] doen mee"),
        ("Wil zei dat hij dat niet wil", "[name] zei dat hij dat niet wil"),
        ("[Fatima] schreef dit", "[[name]] schreef dit"),
        ("Wij zijn Buurtwarmte Noord, ook de kas", "Wij zijn [organisation], ook [organisation]"),
        ("Bel 06-12345678 of +31 (0)20 624 11 11", "Bel [number] of [number]"),
        ("Mail naar info@buurtwarmte.nl", "Mail naar [mail]"),
        ("Schrijf @fatima:hulp.nl in #noord:hulp.nl", "Schrijf [address] in [address]"),
        ("Het staat op https://drive.google.com/d/abc?x=1 hoor", "Het staat op drive.google.com hoor"),
        ("drive.google.com/d/abc", "drive.google.com"),
        ("https://buurt.nextcloud.com/s/x. Klik op Delen.", "nextcloud.com. Klik op Delen."),
        ("https://nextcloud.buurt.nl/s/x", "[link]"),
        ("https://nextcloud.com@buurt.nl/s/x", "[link]"),
        ("Wij zijn mooikrant.nl en x.y.coop", "Wij zijn [link] en [link]"),
        ("Lees brief.docx, bijv. blz.3", "Lees brief.docx, bijv. blz.3"),
        ("bo (at) warm.nl en o'b@warm.nl", "[mail] en [mail]"),
        ("Betaal op NL91 ABNA 0417 1643 00 aub", "Betaal op [account] aub"),
        ("Het wachtwoord is Geheim123! en klaar", "Het [secret] en klaar"),
        ("pincode: 1234", "[secret]"),
        ("je code 4821 werkt", "je [secret] werkt"),
        ("Log in met Welkom2026! en klaar", "Log in met [secret] en klaar"),
        ("Het wachtwoord van de wifi is Geheim", "Het [secret]"),
        ("wachtwoord: paard batterij nietje", "[secret]"),
        ("Password is \u201cvery secret\u201d", "[secret]"),
        ("wachtwoord: hallo", "[secret]"),
        ("Je wachtwoord is niet goed", "Je wachtwoord is niet goed"),
        ("Sleutel EsTc 8rW2 kLp9 77Qa", "Sleutel [secret]"),
        ("Deze keer moet iets echt open", "Deze keer moet iets echt open"),
        ("Gebruik Office365 en 2-stapsverificatie", "Gebruik Office365 en 2-stapsverificatie"),
        ("Kom naar Van der Pekstraat 12a, 1031 AB", "Kom naar [street], [postcode]"),
        ("1031ab of 1031 ab, in 2026 is het 1080 px", "[postcode] of [postcode], in 2026 is het 1080 px"),
        ("Mosveld 12 en van der pekstraat 3", "[street] en [street]"),
        ("Bo, Kwame en FatimaElAmrani", "[name], [name] en [name]"),
        ("Fat\u200bima en Jos\u0065\u0301", "[name] en [name]"),
        ("Zet de timer op basis van de markt", "Zet de timer op basis van de markt"),
        ("Open de map. Samen delen", "Open de map. Samen delen"),
        ("Bel Open Data Huis of Zonnedak", "Bel [organisation] of [organisation]"),
        ("Wij van buurtwarmte", "Wij van [organisation]"),
        ("Het staat in Bestuurskamer Pek, niet in de agenda", "Het staat in [room], niet in de agenda"),
        ("Kies *Delen* en zet 3 vinkjes", "Kies *Delen* en zet 3 vinkjes"),
        ("Open Google Drive in 2026", "Open Google Drive in 2026"),
    ],
)
def test_what_tells_who_it_is_goes(text: str, left: str) -> None:
    assert anonymous(text, KNOWN, WORDS) == left


NAMES = st.from_regex(r"\A[A-Z][a-z]{1,9}( [A-Z][a-z]{3,9})?\Z").filter(
    lambda name: ORDINARY.isdisjoint(plain_key(name).split())
)
MANGLED = st.sampled_from([str, str.upper, str.lower, str.title])
AROUND = st.sampled_from(["", " ", "\n", ". ", ", ", "*", "(", "'", '"', "\u200b", "-", "_"])


@given(name=NAMES, group=NAMES, mangle=MANGLED, before=AROUND, after=AROUND)
def test_no_known_name_survives(
    name: str, group: str, mangle: Callable[[str], str], before: str, after: str
) -> None:
    known = Known.of(frozenset({name}), frozenset({group}), asking=frozenset({group}))
    text = f"Vraag het{before or ' '}{mangle(name)}{after or ' '}van{before or ' '}{mangle(group)}{after or ' '}nog eens"
    left = plain_key(anonymous(text, known, WORDS)).split()
    for part in plain_key(f"{name} {group}").split():
        assert part not in set(left) - set(WORDS.values())


LETTERS = "abcdefghijklmnopqrstuvwxyz"
SECRETS = st.one_of(
    st.builds("{}@{}.nl".format, st.text(LETTERS, min_size=6), st.text(LETTERS, min_size=3)),
    st.from_regex(r"\A06[ -]?[1-9]\d{7}\Z|\A\+31 ?6 ?[1-9]\d{7}\Z", fullmatch=True),
    st.from_regex(r"\ANL\d{2}[A-Z]{4}\d{10}\Z", fullmatch=True),
    st.from_regex(r"\A[A-Z][a-z]{5}[1-9][0-9]{3}!\Z", fullmatch=True),
    st.builds("https://{}.nl/{}".format, st.text(LETTERS, min_size=5), st.text(LETTERS, min_size=5)),
)


@given(secret=SECRETS, before=AROUND.filter(lambda c: c not in "-_'\u200b"))
def test_no_address_number_or_password_survives(secret: str, before: str) -> None:
    left = anonymous(f"Gebruik dit:{before or ' '}{secret} en ga door", KNOWN, WORDS)
    assert secret not in left
    assert secret[:6] not in left.removeprefix("Gebruik dit:")
    assert "ga door" in left


@given(text=st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    anonymous(text, KNOWN, WORDS)


@pytest.mark.parametrize(
    "part", ["a", "1 ", "a.", "a@", "A'", "#a", "code ", "wachtwoord ", "Van ", "x (at ", "\n"]
)
def test_a_message_as_long_as_can_be_holds_up_nobody(part: str) -> None:
    began = perf_counter()
    anonymous(part * (60_000 // len(part)), KNOWN, WORDS)
    assert perf_counter() - began < 5, (
        "it takes a part of a second, and minutes when it grows with the square"
    )
