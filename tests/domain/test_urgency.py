"""What sounds like an emergency, with the words of the real catalogues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.urgency import EMERGENCIES, Signs, Urgency, sounds
from helpdesk_bot.texts.render import Texts

TEXTS = Texts.load()
SIGNS = Signs(
    urgent=TEXTS.word_list(None, "words.urgent"),
    calm=TEXTS.word_list(None, "words.calm"),
    about=TEXTS.word_list(None, "words.about_emergencies"),
    kinds={kind: TEXTS.word_list(None, f"words.emergency_{kind}") for kind in EMERGENCIES},
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ik ben gehackt", "account"),
        ("ik ben gehackt!!!", "account"),
        ("Help! Mijn Gmail is gehackt en ik kan er niet meer in", "account"),
        ("iemand zit in onze mail", "account"),
        ("We have been hacked", "account"),
        ("I think we were hacked last night", "account"),
        ("Er is een datalek", "leak"),
        ("onze ledenlijst is gelekt", "leak"),
        ("De ledenlijst ligt op straat.", "leak"),
        ("our member list leaked", "leak"),
        ("data breach at our coop", "leak"),
        ("Mijn laptop is gestolen, met de ledenlijst erop", "stolen"),
        ("I lost my phone", "stolen"),
        ("we zijn gehakt, help", "account"),
        ("onze instagram is overgenomen", "account"),
        ("Iemand heeft ons Instagram overgenomen", "account"),
        ("Al onze bestanden zijn versleuteld en ze willen bitcoin", "account"),
        ("our account has been compromised", "account"),
        ("mijn laptop met alle ledengegevens is gestolen", "stolen"),
        ("my laptop got stolen", "stolen"),
        ("onze ledenlijst staat op internet", "leak"),
        ("Alle mailadressen in de cc gezet in plaats van bcc!", "leak"),
        ("Kan er NU iemand bellen?", None),
        ("het heeft haast", None),
        ("please help asap", None),
        ("we worden afgeperst", None),
        ("spoed", None),
        ("Met spoed: de mail doet het niet", None),
        ("dit is een NOODGEVAL", None),
        ("heel dringend, wie kan helpen", None),
        ("This is urgent", None),
        ("it is an emergency", None),
        ("URGENT: website is down", "site"),
        ("Niet te geloven, we zijn gehackt", "account"),
        ("Dit kan niet wachten. Noodgeval!", None),
        ("De site werkt niet en het is spoed", "site"),
    ],
)
def test_alarming(text: str, kind: str | None) -> None:
    assert sounds(text, SIGNS) == Urgency(alarming=True, kind=kind)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Geen spoed",
        "Geen haast",
        "Hoe zet ik de ledenlijst online?",
        "mijn laptop is gelukkig niet gestolen",
        "Ik heb mijn wachtwoord al drie keer ingevuld en het werkt niet",
        "Welk gehakt bestellen we voor de kookavond?",
        "Het heeft geen spoed hoor, maar de printer doet het niet",
        "niet dringend",
        "dit is niet zo dringend",
        "Spoed is niet nodig",
        "not urgent",
        "it is not an emergency",
        "We zijn niet gehackt, gelukkig",
        "er is geen datalek",
        "Wij geven een kookworkshop hacken",
        "We organiseren een hackathon, wie helpt",
        "Is er een cursus over wat je doet als je gehackt bent?",
        "Hoe voorkomen we dat we gehackt worden?",
        "how do we prevent a data breach",
        "Kunnen jullie een training datalek geven",
        "we hebben een protocol datalek nodig",
        "Wat kost een urgentieverklaring?",
        "Ik zoek een spoedig antwoord",
        "De agenda is leeg",
        "lifehacks voor de tuin",
    ],
)
def test_calm(text: str) -> None:
    assert not sounds(text, SIGNS).alarming


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("onze website ligt plat", "site"),
        ("the website is down", "site"),
        ("onze beheerder is overleden", "key_person"),
        ("de penningmeester is vertrokken en niemand heeft het wachtwoord", "key_person"),
    ],
)
def test_known_and_not_alarming_by_itself(text: str, kind: str) -> None:
    assert sounds(text, SIGNS) == Urgency(alarming=False, kind=kind)


def test_every_phrase_is_found_alone() -> None:
    for kind, phrases in SIGNS.kinds.items():
        for phrase in phrases:
            assert sounds(phrase, SIGNS).kind is not None, (kind, phrase)
    for phrase in SIGNS.urgent:
        assert sounds(phrase, SIGNS).alarming, phrase


@given(st.text(), st.sampled_from(sorted(SIGNS.urgent)))
def test_no_text_breaks_it_and_a_clause_of_its_own_counts(text: str, phrase: str) -> None:
    sounds(text, SIGNS)
    assert sounds(f"{text}. {phrase}", SIGNS).alarming
