"""Nothing that tells who it was about is left, and what helped is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.anonymous import Kind, Known, anonymous
from helpdesk_bot.domain.layout import plain_key

WORDS = {kind: str(kind) for kind in Kind}
KNOWN = Known(
    frozenset({"Fatima el Amrani", "fatima", "Wil", "José", "kwame-b"}),
    frozenset({"Buurtwarmte Noord", "De Kas"}),
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
        ("Het staat op https://drive.google.com/d/abc?x=1 hoor", "Het staat op [link] hoor"),
        ("drive.google.com/d/abc", "[link]"),
        ("Betaal op NL91 ABNA 0417 1643 00 aub", "Betaal op [account] aub"),
        ("Het wachtwoord is Geheim123! en klaar", "Het [secret] en klaar"),
        ("pincode: 1234", "[secret]"),
        ("Kom naar Van der Pekstraat 12a, 1031 AB", "Kom naar [street], [postcode]"),
        ("Kies *Delen* en zet 3 vinkjes", "Kies *Delen* en zet 3 vinkjes"),
        ("Open Google Drive in 2026", "Open Google Drive in 2026"),
    ],
)
def test_what_tells_who_it_is_goes(text: str, left: str) -> None:
    assert anonymous(text, KNOWN, WORDS) == left


@given(
    name=st.from_regex(r"\A[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9})?\Z"),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    mangle=st.sampled_from([str, str.upper, str.lower]),
)
def test_no_name_survives_whatever_stands_around_it(
    name: str, before: str, after: str, mangle: type[str]
) -> None:
    text = f"{before} {mangle(name)} {after}"
    found = anonymous(text, Known(frozenset({name}), frozenset()), WORDS)
    others = f" {plain_key(before)} {plain_key(after)} "
    for part in plain_key(name).split():
        if part not in others and mangle is not str.lower:
            assert part not in plain_key(found).split()


@given(text=st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    anonymous(text, KNOWN, WORDS)
