"""Finds in an answer that its writer comes back to it on a day: 'ik kom er dinsdag op terug', 'I'll call you tomorrow'.

Pure. Only what the writer says about themselves, without a condition and without a doubt, is a promise: a missed one
costs less trust than one that nobody made.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_bot.domain import when

FARTHEST = timedelta(days=60)
FRIDAY = 4  # Monday is 0
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
# Not certain, not now, or somebody else's: 'als het niet lukt, bel ik dinsdag', 'ik probeer het morgen'.
_NOT_A_PROMISE = re.compile(
    r"\b(?:als|indien|mocht|tenzij|zodra|wanneer|niet|geen|misschien|wellicht|probeer|proberen|hopelijk|hoop|denk"
    r"|waarschijnlijk|zou|zouden|kan|kun|kunnen|mag|gisteren|vorige|afgelopen|hoef|hoeft"
    r"|if|unless|when|once|not|cannot|can|could|would|should|might|may|maybe|perhaps|probably|hopefully|hope|try"
    r"|think|yesterday|last)\b|n't\b",
    re.IGNORECASE,
)
_ME = r"(?:ik|wij|we)"
# With what must stand somewhere behind it, where the verb alone says too little: 'ik kom uit Noord'.
_DUTCH = {
    r"kom(?:en)?": r"\b(?:terug|langs|bij (?:je|jullie|u))\b|\b(?:erop|hierop|daarop)\b",
    r"bel(?:len)?|mail(?:en)?|app(?:en)?|stuur|sturen|schrijf|schrijven|reageer|reageren|antwoord(?:en)?": "",
    r"laat|laten": r"\b(?:weten|horen)\b",
    r"kijk(?:en)?": r"\b(?:naar|verder|opnieuw|ernaar|ermee|mee|even|hier)\b",
    r"neem|nemen": r"\bcontact\b",
    r"zoek(?:en)?": r"\buit\b",
    r"regel(?:en)?|help(?:en)?|meld(?:en)?": "",
    r"zal|zullen|ga|gaan": r"\b(?:terug\w*|langs\w*|bellen|mailen|appen|sturen|schrijven|reageren|antwoorden|weten|horen"
    r"|kijken|contact|uitzoeken|uit te zoeken|regelen|helpen|melden|verder)\b",
}
_HEAR_DUTCH = re.compile(r"\b(?:hoor|hoort|horen)\b.*\b(?:van|door) (?:me|mij|ons)\b", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(?:i|we)(?:['’]ll| will| shall|['’]m going to| am going to|['’]re going to| are going to)\b.*\b(?:get back|come back"
    r"|call|phone|ring|e-?mail|send|text|message|let you know|look|check|reply|answer|respond|contact|write|follow up|update"
    r"|come (?:by|over|round)|visit|help|fix|find out|be in touch|be back|continue|go on|sort)\b",
    re.IGNORECASE,
)
_HEAR_ENGLISH = re.compile(r"\byou(?:['’]ll| will) hear (?:back )?from (?:me|us)\b", re.IGNORECASE)
_TODAY = re.compile(
    r"\b(?:vandaag|vanmiddag|vanavond|today|tonight|this (?:afternoon|evening))\b", re.IGNORECASE
)
# When helpers go home, this has not begun.
_EVENING = re.compile(r"avond\b|\b(?:'?s avonds|tonight|evening)\b", re.IGNORECASE)
_THIS_WEEK = re.compile(r"\b(?:deze week|this week)\b", re.IGNORECASE)
_NEXT_WEEK = re.compile(r"\b(?:volgende week|next week)\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"\b(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


def find(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """The day on the wall clock by which the writer comes back to it; the first that is named. For an evening it is the
    day after. None when there is none."""
    for sentence in _SENTENCE.split(_QUOTED.sub("", text)):
        if not is_promise(sentence):
            continue
        # 'Ik heb vandaag gekeken, ik bel je dinsdag': what is promised has its own day.
        clauses = [clause for clause in sentence.split(", ") if is_promise(clause)]
        for said in (*clauses, sentence):
            if (day := _day(said, now, zone)) is not None:
                return day + timedelta(days=1) if _EVENING.search(said) else day
    return None


def is_promise(sentence: str) -> bool:
    """Whether the writer says that they will do something, whenever that is."""
    if sentence.rstrip(" )”’\"'").endswith("?") or _NOT_A_PROMISE.search(sentence):
        return False
    if any(pattern.search(sentence) for pattern in (_HEAR_DUTCH, _ENGLISH, _HEAR_ENGLISH)):
        return True
    for verb, goes_with in _DUTCH.items():
        said = re.search(rf"\b{_ME}\s+(?:{verb})\b|\b(?:{verb})\s+{_ME}\b", sentence, re.IGNORECASE)
        if said and re.search(goes_with, sentence, re.IGNORECASE):
            return True
    return False


def _day(sentence: str, now: datetime, zone: ZoneInfo) -> date | None:
    today = now.astimezone(zone).date()
    if not _WEEKDAY.search(sentence):
        for pattern, weeks in ((_NEXT_WEEK, 1), (_THIS_WEEK, 0)):
            if pattern.search(sentence):
                return max(today, today + timedelta(days=FRIDAY - today.weekday() + 7 * weeks))
    if _TODAY.search(sentence):
        return today
    # On a Tuesday nobody says 'dinsdag' when they mean today, however early it is.
    found = when.find(sentence, now, zone, day_at=time(0))
    if found is None or found.at - now > FARTHEST:
        return None
    return found.at.astimezone(zone).date()
