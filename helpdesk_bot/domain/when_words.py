"""The words in which people name days, months, spans and hours, in Dutch and English. Recognised, never shown."""

NUMBERS = {
    "een": 1,
    "één": 1,
    "a": 1,
    "an": 1,
    "one": 1,
    **dict.fromkeys(("twee", "two"), 2),
    **dict.fromkeys(("drie", "three"), 3),
    **dict.fromkeys(("vier", "four"), 4),
    **dict.fromkeys(("vijf", "five"), 5),
    **dict.fromkeys(("zes", "six"), 6),
    **dict.fromkeys(("zeven", "seven"), 7),
    **dict.fromkeys(("acht", "eight"), 8),
    **dict.fromkeys(("negen", "nine"), 9),
    **dict.fromkeys(("tien", "ten"), 10),
    **dict.fromkeys(("elf", "eleven"), 11),
    **dict.fromkeys(("twaalf", "twelve"), 12),
}

# 'om tien over drie': other numbers before 'over' and 'voor' count something else.
FEW_MINUTES = {
    **dict.fromkeys(("5", "vijf", "five"), 5),
    **dict.fromkeys(("10", "tien", "ten"), 10),
    **dict.fromkeys(("20", "twintig", "twenty"), 20),
}

# Monday is 0, as in Python's `date.weekday`.
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("maandag", "monday"),
            ("dinsdag", "tuesday"),
            ("woensdag", "wednesday"),
            ("donderdag", "thursday"),
            ("vrijdag", "friday"),
            ("zaterdag", "saturday"),
            ("zondag", "sunday"),
        )
    )
    for name in names
}
# 'do', 'sun' and 'wed' mean something else too: they only count behind a word such as 'tot', or alone.
SHORT_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("ma", "mon"),
            ("di", "tue", "tues"),
            ("wo", "wed"),
            ("do", "thu", "thur", "thurs"),
            ("vr", "vrij", "fri"),
            ("za", "zat", "sat"),
            ("zo", "zon", "sun"),
        )
    )
    for name in names
}

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "january", "jan"),
            ("februari", "february", "feb", "febr"),
            ("maart", "march", "mrt", "mar"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("augustus", "august", "aug"),
            ("september", "sept", "sep"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}

NEAR_DAYS = {
    "vandaag": 0,
    "today": 0,
    "morgen": 1,
    "tomorrow": 1,
    "overmorgen": 2,
    "de dag na morgen": 2,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
}

# Per part of a day: the hour that is meant when no other is named.
PARTS = {
    **dict.fromkeys(("ochtend", "ochtends", "morgens", "morning"), 9),
    **dict.fromkeys(("middag", "middags", "afternoon"), 14),
    **dict.fromkeys(("avond", "avonds", "evening", "tonight"), 19),
    **dict.fromkeys(("nacht", "nachts", "night"), 0),
}

SECONDS = {
    **dict.fromkeys(("minuut", "minuten", "minuutje", "min", "minute", "minutes", "mins"), 60),
    **dict.fromkeys(("uur", "uren", "uurtje", "u", "hour", "hours", "hr", "hrs", "h"), 3600),
}
# In days; months and years are counted on the calendar.
DAYS = {
    **dict.fromkeys(("dag", "dagen", "dagje", "day", "days"), 1),
    **dict.fromkeys(("week", "weken", "weekje", "weeks"), 7),
}
MONTH_UNITS = {
    **dict.fromkeys(("maand", "maanden", "maandje", "month", "months"), 1),
    **dict.fromkeys(("jaar", "jaren", "year", "years"), 12),
}
