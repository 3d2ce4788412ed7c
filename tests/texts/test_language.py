"""Guessing Dutch or English from one short question, with typing mistakes, jargon and emoji."""

import pytest

from helpdesk_bot.domain.language import PROFILES, guess

LANGUAGES = ("nl", "en")
DUTCH = [
    "Ik kan niet meer inloggen op Nextcloud",
    "Hoi, de wifi doet het niet",
    "wachtwoord kwijt",
    "Mijn mail komt niet aan 😢",
    "Hoe zet ik onze ledenlijst over naar Nextcloud?",
    "kan iemand ff helpen met WordPress",
    "De website ligt eruit sinds vanochtend!!",
    "Wie heeft er toegang tot onze Drive?",
    "Jitsi blijft hangen bij een vergadering",
    "help onze site is gehackt",
    "Kunnen we van Google Drive af?",
    "Ik snap niks van die app",
    "foto's uploaden lukt niet",
    "de printer doet raar",
    "Onze penningmeester is weg en niemand weet het wachtwoord",
    "AVG vraag: mogen we deze lijst delen?",
    "hoe maak ik een mailinglijst in Mailman",
    "Ik krijg steeds een foutmelding: 502 Bad Gateway",
    "Kun je even meekijken?",
    "geen geluid in BigBlueButton 🔇",
    "Element zegt dat mijn sessie niet geverifieerd is",
    "Graag hulp bij Odoo",
    "We willen overstappen van WhatsApp naar Signal",
    "agenda synchroniseert niet met mijn telefoon",
    "iedereen met de link kan erbij, is dat erg?",
    "Dank je wel, het werkt weer!",
    "nee nog niet",
    "ik wil mijn account verwijderen",
    "kan de vrijwilliger van vorige week terugbellen",
    "Waar vind ik de handleiding?",
    "het scherm blijft zwart",
    "SPOED! kassa doet het niet",
    "Loomio stuurt geen mails meer",
    "Ik ben mn telefoon verloren",
    "Kunnen jullie een training geven over CryptPad?",
    "wat kost Nextcloud?",
    "We zitten met 3 organisaties op één server, kan dat?",
    "er staat dat de schijf vol is",
    "Sinds de update opent LibreOffice geen bestanden meer",
    "Hoi, wij zijn een buurtmoestuin in Noord en zoeken hulp bij een website",
    "mag ik wat vragen over de server?",
    "nextcloud zegt quotum bereikt",
    "De nieuwsbrief belandt bij iedereen in de spam",
    "Ik zie de kamer niet",
    "wie kan mij bellen",
    "Zoom is na 40 minuten afgelopen, is er iets gratis?",
    "Ledenadministratie in Excel raakt telkens in de war",
    "hoi! ff vraagje: werkt jitsi ook op ipad?",
    "Onze webhoster verhoogt de prijs",
    "inlogcode komt niet binnen",
    "Hoe geef ik een nieuwe vrijwilliger toegang 🙂",
    "ik heb perongeluk alle bestanden gewist!!!",
    "Stadsdeel Oost",
    "voor de voedselcoöperatie",
    "Kan ik een backup terugzetten?",
    "Mijn laptop is traag",
    "moet ik 2FA aanzetten?",
    "het formulier op de site geeft een fout",
    "Goedemorgen, kunnen jullie ons helpen met Mastodon",
    "wachtwoord vergeten van de info mail",
    "internet ligt plat in het buurthuis",
    "Hebben jullie ervaring met Econobis",
    "geen idee, ik ben niet zo technisch",
    "dat is gelukt, dankjewel!!",
    "de deelauto app crasht steeds",
    "Wat moeten we doen met een datalek?",
    "vergadering loopt vast",
    "Bestelling foodsoft klopt niet",
]
ENGLISH = [
    "I can't log in to Nextcloud",
    "Hi, the wifi is not working",
    "lost my password",
    "My mail does not arrive 😢",
    "How do I move our member list to Nextcloud?",
    "can someone help with WordPress pls",
    "The website is down since this morning!!",
    "Who has access to our Drive?",
    "Jitsi keeps freezing during meetings",
    "help our site was hacked",
    "Can we leave Google Drive?",
    "I don't understand this app",
    "uploading photos fails",
    "the printer is acting weird",
    "Our treasurer left and nobody knows the password",
    "GDPR question: may we share this list?",
    "how to make a mailing list in Mailman",
    "I keep getting an error: 502 Bad Gateway",
    "Could you have a look?",
    "no sound in BigBlueButton 🔇",
    "Element says my session is not verified",
    "Would like some help with Odoo",
    "We want to switch from WhatsApp to Signal",
    "calendar doesnt sync with my phone",
    "anyone with the link can get in, is that bad?",
    "Thank you, it works again!",
    "no not yet",
    "i want to delete my account",
    "can the volunteer from last week call me back",
    "Where do I find the manual?",
    "the screen stays black",
    "URGENT! cash register broken",
    "Loomio stopped sending emails",
    "I lost my phone",
    "Can you give a training about CryptPad?",
    "what does Nextcloud cost?",
    "We are three organisations on one server, is that ok?",
    "it says the disk is full",
    "Since the update LibreOffice won't open any files",
    "Hello, we are a community garden in Noord looking for help with a website",
    "may I ask something about the server?",
    "nextcloud says quota reached",
    "Our newsletter ends up in everyone's spam",
    "I don't see the room",
    "who can call me",
    "Zoom stops after 40 minutes, is there something free?",
    "Member administration in Excel gets messed up",
    "hi! quick question: does jitsi work on ipad?",
    "Our web host raises the price",
    "login code never comes",
    "How do I give a new volunteer access 🙂",
    "i accidentaly deleted all files!!!",
    "we live in Oost",
    "for the food co-op",
    "Can I restore a backup?",
    "My laptop is slow",
    "should I turn on 2FA?",
    "the form on the site gives an error",
    "Good morning, can you help us with Mastodon",
    "forgot the password of our info mail",
    "internet is down at the community centre",
    "Do you have experience with Econobis",
    "no idea, I'm not very technical",
    "that worked, thanks a lot!!",
    "car sharing app crashes all the time",
    "What should we do about a data leak?",
    "meeting gets stuck",
    "Foodsoft order is incorrect",
]
# Too short, the same in both, or another language.
UNCLEAR = [
    "",
    "👍",
    "12",
    "Nextcloud",
    "ok",
    "wifi?",
    "https://example.org",
    "Ich kann mich nicht anmelden",
    "Je ne peux pas me connecter",
    "@jan:example.org",
    "hallo",
    "help!",
    "👍👍",
    "1",
    "WordPress",
    "wifi",
    "https://nextcloud.example.org/login",
    "Ich habe mein Passwort vergessen",
    "Bonjour, mon compte ne marche pas",
    "No puedo entrar en mi cuenta",
    "مرحبا أحتاج مساعدة",
    "Merhaba, yardım lazım",
    "foto.jpg",
    "Nextcloud login error",
    "sync error 502",
]


def test_most_questions_are_guessed_and_right() -> None:
    wanted = [("nl", text) for text in DUTCH] + [("en", text) for text in ENGLISH]
    decided = [
        (language, found, text) for language, text in wanted if (found := guess(text, LANGUAGES)) is not None
    ]
    wrong = [said for said in decided if said[0] != said[1]]
    right = 1 - len(wrong) / len(decided)
    assert right >= 0.95, f"{right:.1%} right; wrong: {wrong}"
    undecided = len(wanted) - len(decided)
    assert undecided / len(wanted) <= 0.08, f"{undecided} of {len(wanted)} undecided"


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_unclear_stays_open(text: str) -> None:
    assert guess(text, LANGUAGES) is None


def test_only_languages_that_are_offered() -> None:
    assert guess("Ik kan niet meer inloggen", ["en"]) is None
    assert guess("Ik kan niet meer inloggen", ["nl"]) == "nl"
    assert guess("Ich kann mich nicht anmelden", ["nl", "de"]) == "de"
    assert guess("I can't log in", []) is None


def test_addresses_and_code_are_in_no_language() -> None:
    assert (
        guess("https://the-house.example/with/words you@are.example `there is` file-that-was.pdf", LANGUAGES)
        is None
    )


def test_a_long_text_takes_no_time() -> None:
    assert guess("de server doet het niet " * 50_000, LANGUAGES) == "nl"
    assert guess("a" * 1_000_000, LANGUAGES) is None


def test_no_word_decides_for_two_languages_that_are_offered() -> None:
    assert not PROFILES["nl"].words & PROFILES["en"].words
