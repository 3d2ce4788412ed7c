"""Guesses the language of a short message. Pure; says nothing rather than something wrong, because people notice.

Each language has words that only it has, and letters that its words are made of. A new language is one profile.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 2.0  # points: one telling word, or several words that look like the language
CLEAR = 1.6  # the best must be so many times better than the next


@dataclass(frozen=True, slots=True)
class Profile:
    """`words` count fully; a word that is in no profile counts a little when it fits `letters`."""

    words: frozenset[str]
    letters: re.Pattern[str]


def guess(text: str, languages: Iterable[str]) -> str | None:
    """One of `languages`, or None when the text is too short, mixed, or in a language without a profile."""
    words = _WORD.findall(_NOT_SPOKEN.sub(" ", text[:_LONGEST]).replace("’", "'").casefold())
    scores = {code: sum(_points(word, code) for word in words) for code in PROFILES}
    (best, points), (_, next_points) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if best not in set(languages) or points < ENOUGH or points < CLEAR * next_points:
        return None
    return best


def _points(word: str, code: str) -> float:
    if word in _NEUTRAL:
        return 0.0
    if word in PROFILES[code].words:
        return 2.0
    if any(word in profile.words for profile in PROFILES.values()):
        return 0.0
    return 0.75 if PROFILES[code].letters.search(word) else 0.0


_LONGEST = 2_000  # characters; more makes nobody surer
# Addresses, Matrix ids, file names, code and the ids of playbooks ('slack-to-element') are in no language.
_NOT_SPOKEN = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|@\S+:\S+|#\S+:\S+|`[^`]*`|\b\S+\.(?:nl|com|org|pdf|jpe?g|png|docx?|xlsx?)\b|(?<!\S)\w+(?:-\w+){2,}(?!\S)"
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:'[^\W\d_]+)*(?!\w)")  # the 'u' of '1u30' is in no language either

# Words that people use in every language when they speak of computers, and words that mean something in both.
_SHARED = """
    account admin android app apps back backup bot browser calendar chat chrome clean cloud code computer contact cookie
    crash cryptpad data deck desktop discourse discord domain doodle download drive dropbox edge element email error excel
    explorer facebook file files firefox format forum google group gmail hacker host hosting hotspot imap inbox instagram
    internet ios iphone jitsi laptop libreoffice link linux list login loomio mac mail mailman mastodon matrix meeting
    microsoft mobile mobilizon modem mollie nextcloud odoo office offline online outlook password pc pdf phishing phone
    pincode plugin pop printer privacy project reset router safari samsung scan scanner screenshot server share
    sharepoint sign signal site smartphone smtp software spam spreadsheet ssl support sync synchronisation tablet team
    teams teamviewer telegram test thunderbird ticket tool tracking troll twitter update upload url usb user username
    version video virus vpn web webmail webshop website wekan whatsapp wifi wiki windows wordpress work
    youtube zoom zip
    in is was we me over of had dan want me hand note water over school film land
    warm arm list best made taken open stop start help top water hoop so later
    even week map man moment via last spreadsheet hallo hi hey hello ok oke okay sorry
"""

_DUTCH = """
    aan aanmelden aanpassen aanvragen aanzetten achter af afdrukken afspraak agenda al alle alleen allemaal alles als altijd
    ander andere anders alvast avond baar bedankt beginnen begrijp begrijpen beheerder behulp beide bekijken bellen beneden
    ben bent beste bestand bestanden bestuur betalen beter beveiliging bij bijeenkomst bijlage bijna binnen blijft blijven
    boven brief buiten buurt buurthuis buurtmoestuin daar daarna daarom dag dagen dank dankje dankjewel dat de deelauto
    delen deze dit doe doen doet door doorsturen draait drie duidelijk dus echt een eens eerste eigen elke en energie er erg
    ergens foutmelding foto fout gaan gaat gang gebruik gebruiken gebruikt gedaan geeft geen gegevens geld gelukt
    gemaakt gemeente geprobeerd gestuurd geven gewoon gister gisteren goed goede goedemiddag goedemorgen graag groep groot
    haar halen hebben heb hebt heeft heel hele helpen helpt hem het hier hij hoe hoeveel hoi hoor hun iedereen iemand iets
    ik inlog inloggen inlogt ingelogd inschrijven instellen installeren instellingen ja jammer je jij jou jouw jullie kan
    kapot kennen keer kies kijk kijken klopt komen komt kom krijg krijgen krijgt kun kunnen kunt kwijt laat laatste laten
    lang langzaam leden ledenlijst lees leren lezen lijkt lijst lukt maak maakt maandag maar maken makkelijk meer
    meerdere mee mensen met mij mijn misschien moest moet moeten mogen mogelijk morgen mogelijkheid na naam naar
    nadat namelijk nee net niemand niet niets nieuw nieuwe niks nodig nog nooit nu omdat om onder ons onze ook opeens
    openen opgelost oplossen opnieuw opslaan op oude ouders overstappen overzetten paar pagina papieren penningmeester plek
    plotseling prima proberen probeer probeert raak regelen rekening reserveren samen scherm schermfoto scholen
    snap snel sneller sinds soms spoed staan staat stad stadsdeel stap stappen steeds sturen stuur stuurt taal tegen
    telefoon terug tijd tijdens toch toegang toegevoegd toen toevoegen tot totdat tuin tussen twee uit uitgenodigd uitleggen
    uitleg uitnodigen uitnodiging uw uur vaak vanaf vanmiddag vandaag vanavond veel veilig verbinding vergadering vergeten
    verkeerd verloren verkeerde verstuurd versturen verwijderd verwijderen verzenden vind vinden volgende voor vraag
    vragen vrijdag vrijwilliger vrijwilligers waar waarom wachtwoord wachtwoorden wanneer waren weer weet weg wel
    welke weten werk werken werkt wie wij wil willen wilt woensdag wonen worden wordt woord zaterdag zelf zeggen zegt zetten
    zie zien ziet zijn zit zitten zo zoals zodat zoek zoeken zomaar zonder zondag zou zouden zullen ze die wat van 't m'n
    ff effe effies idd mn jll nl aub ajb svp mvg mss wss iig egt vd     bewoners buurvrouw buurman cooperatie coöperatie stichting vereniging voedselbank moestuin maaltijd repaircafe
    uitloggen koppelen gekoppeld afspelen geluid beeld zwart schijf harde toetsenbord muis opstarten
"""
_ENGLISH = """
    a able about after again all already also although always am an and another any anybody anymore anyone anything are
    around as ask asked at away be because been before being better between both broken bring but by call called can can't
    cannot cant change changed could couldn't create day days delete deleted did didn't didnt do does doesn't doesnt doing
    don't dont done down each easily easy either enough ever every everybody everyone everything few find first fix
    folder for forgot forgotten found from get gets getting give gives given go goes going good got great guys has hasn't
    have haven't having he her here him his how however i i'd i'm i've if im into isn't isnt it it's its ive just keep
    keeps kind know learn leave left let like little locked log logged long longer look looking looks lost
    make makes many maybe members message messages might missing mistake money month more morning most move moved much must
    my myself need needs neighbourhood neighborhood never new next nice no nobody nor not nothing now off often old on once
    one only or other our out own people photo photos picture please possible problem properly quickly quite really receive
    received regards remove right said same save saved say says screen second see seem seems seen send sending sent set
    setting settings she should show showing shows simply since slow some somebody someone something soon still such sure
    switch take tell than thank thanks that that's thats the their them then there these they thing things think this
    those thought through time to today together tomorrow too tried try trying turn two under until up urgent us use used
    using very wait waiting wanted wants way well went were what what's when where which while who whole why will
    wish with without won't wont words working works would wouldn't wrong year yes yesterday yet you your you're yours
    u r ur pls plz thx btw asap idk gonna wanna cuz tho
    evening afternoon monday tuesday wednesday thursday friday saturday sunday volunteer volunteers treasurer
    community garden kitchen housing food neighbour neighbours organisation organization invite invited invitation
    attachment attachments access allowed denied approve
"""
# Not offered as long as there is no catalogue; known, so that they are not taken for one of the others.
_GERMAN = """
    aber alle auf aus bei bitte brauche brauchen danke das dein dem den der deshalb doch du ein eine einen einer er es
    funktioniert für geht guten habe haben hat hilfe ich ihr im ist ja jemand kann kannst kein keine können könnt leider
    man mehr meine mein mich mir mit muss nach nein nicht nichts noch nur oder passwort schon sehr seit sich sie sind
    tag uns unser unsere unter und vergessen vielen vom von war warum was weil wenn wer werden wie wir wird wo zu zum zur über
"""
_FRENCH = """
    ai aide aider au aucun aussi avec avoir bonjour bonsoir c'est ce cela ces cette comment compte connecter d'un d'une dans
    de des du elle en est et il ils j'ai je l'application la le les leur lui ma mais marche mes moi mon mot ne nos notre nous on
    ont ou où par pas passe peut peux plus plusieurs pour pourquoi pouvez problème qu'il quand que quel quelqu'un qui sa sans
    ses si son sont sur ta te tout tous très tu un une va vos votre vous y à
"""
_SPANISH = """
    al alguien aplicación ayuda ayudar bien buenas buenos como con contraseña correo cuenta cuando de del desde dias donde el
    ella en entrar es esta este estoy está favor funciona gracias ha hace hay hola la las lo los mas me mi mis muchas muy más
    nada necesito no nos nuestra nuestro o para pero podemos por porque puede pueden puedo que quién qué se ser si sin sobre
    su sus sí también tengo tiene todo todos tu un una y ya yo él
"""
_NEUTRAL = frozenset(_SHARED.split())
PROFILES = {
    "nl": Profile(
        frozenset(_DUTCH.split()),
        re.compile(
            "ij|oe|aa|uu|eeu|ieu|oei|sch|cht|gd$|kk|zz|ui|vr|zw|lijk|heid|tje|^ge.+[dt]$|[^aeiou]en$|^ver|^be.+en$|^uit|^aan"
        ),
    ),
    "en": Profile(
        frozenset(_ENGLISH.split()),
        re.compile(
            "th|wh|^sh|ing$|tion|ght|ck|ould|^y|n't$|'(s|m|re|ve|ll)$|qu|^wr|ly$|ea|ph|^kn|ness$|[^aeiou]y$|ay$|ew$|sh$"
        ),
    ),
    "de": Profile(frozenset(_GERMAN.split()), re.compile("ß|[äöü]|sch|ung$|keit|^ge.+t$|isch|cht")),
    "fr": Profile(
        frozenset(_FRENCH.split()), re.compile("[çèêëàâùûîœ]|^[ldjmnstc]'|eau|eux$|ez$|ment$|oir|que$")
    ),
    "es": Profile(frozenset(_SPANISH.split()), re.compile("[áíóúñ¿¡]|ción|ando$|iendo$|[aá]r$|mos$|ll[aeo]")),
}
# What a word may mean apart from a name, in any of these.
ORDINARY = _NEUTRAL.union(*(profile.words for profile in PROFILES.values()))
