"""How easy a text reads: known easy and hard ones in both languages, and words that are hard."""

from pathlib import Path

import pytest

from helpdesk_bot.playbooks.checking import hard_words, names_of, read_aloud
from helpdesk_bot.playbooks.loading import library
from helpdesk_bot.playbooks.reading import EASY, read, syllables
from tests.playbooks.written import MOVE, changed, line_of, written

EASY_TEXTS = {
    "nl": "Open de app. Klik op je naam. Je ziet nu een lijst met namen. Kies wie er mee mag doen.",
    "en": "Open the app. Click your name. You now see a list of names. Choose who may join in.",
}
# As laws are written.
HARD_TEXTS = {
    "nl": "De notariële akte bevat de statuten van de vereniging, waaronder bepalingen omtrent de verplichtingen die de "
    "leden tegenover de vereniging hebben en de wijze van bijeenroeping van de algemene vergadering.",
    "en": "Notwithstanding the provisions of preceding sections, the fair use of a copyrighted work, including such use "
    "by reproduction in copies or phonorecords, for purposes such as criticism, comment, news reporting, "
    "teaching, scholarship, or research, is not an infringement of copyright.",
}


@pytest.mark.parametrize("language", EASY)
def test_easy_and_hard(language: str) -> None:
    easy = read([EASY_TEXTS[language]], language, frozenset())
    hard = read([HARD_TEXTS[language]], language, frozenset())
    assert easy.ease > 90
    assert easy.long == ()
    assert hard.ease < 40
    assert len(hard.long) == 1


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [
        ("nl", "map", 1), ("nl", "mappen", 2), ("nl", "vergadering", 4), ("nl", "leeuw", 1), ("nl", "mooie", 2),
        ("nl", "koeien", 2), ("nl", "reünie", 3), ("nl", "één", 1), ("nl", "café", 2), ("nl", "pst", 1),
        ("en", "name", 1), ("en", "names", 1), ("en", "closed", 1), ("en", "table", 2), ("en", "people", 2),
        ("en", "boxes", 2), ("en", "wanted", 2), ("en", "organisation", 5), ("en", "the", 1), ("en", "rhythm", 1),
    ],
)  # fmt: skip
def test_syllables(language: str, word: str, count: int) -> None:
    assert syllables(word, language) == count


@pytest.mark.parametrize(
    "shown",
    ["https://example.org/a/very/long/configuratie", "*Configuratie*", "`configuratie`", "{configuratie}"],
)
def test_what_is_looked_at_is_not_read(shown: str) -> None:
    said = "Kijk op {}. Daar staat het."
    hard = frozenset({"configuratie"})
    assert read([said.format("configuratie")], "nl", hard).hard == ("configuratie",)
    looked_at = read([said.format(shown)], "nl", hard)
    assert looked_at.hard == ()
    assert looked_at.ease == read([said.format("naam")], "nl", hard).ease


def test_names_of_tools_count_as_short(tmp_path: Path) -> None:
    text, known = "Open BigBlueButton en kijk.", frozenset({"bigbluebutton"})
    assert read([text], "nl", frozenset(), known).ease > read([text], "nl", frozenset()).ease
    assert names_of(library(written(tmp_path)).tools) == {"zoom", "jitsi"}


def test_nothing_reads_easily() -> None:
    assert read([], "nl", frozenset()).ease == read(["12 …"], "en", frozenset()).ease == 100


def complaints(folder: Path, old: str, new: str) -> list[tuple[int | None, str, str]]:
    found = library(written(folder, changed(MOVE, old, new)))
    (loaded,) = (one for one in found.files if one.document.path.stem == "move")
    assert loaded.findings == []
    assert list(read_aloud(loaded, names_of(found.tools))) == ["nl", "en"]
    return [(one.line, one.what, one.remedy) for one in loaded.findings]


LINE = line_of(MOVE, "Sleep het.")


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ("nl: Sleep het.", "nl: Het dient te gaan.", "'dient' is a hard word", "Write 'moet'."),
        ("en: Drag it.", "en: Utilize it.", "'utilize' is a hard word", "Write 'use'."),
    ],
)
def test_a_hard_word_is_told_with_a_better_one(
    tmp_path: Path, old: str, new: str, what: str, remedy: str
) -> None:
    assert complaints(tmp_path, old, new) == [(LINE, what, remedy)]


def test_facts_are_for_trainers_who_know_hard_words(tmp_path: Path) -> None:
    assert complaints(tmp_path, "nl: Het feit over alles.", "nl: De authenticatie.") == []


def test_a_long_sentence(tmp_path: Path) -> None:
    ((line, what, _),) = complaints(tmp_path, "nl: Sleep het.", f"nl: {'sleep en ' * 13}klaar.")
    assert line == LINE
    assert what.startswith("a sentence of more than 25 words: sleep en")


def test_a_playbook_that_is_hard_as_a_whole(tmp_path: Path) -> None:
    hard = ". ".join(["Ledenadministratieverantwoordelijkheid"] * 25)
    ((line, what, _),) = complaints(tmp_path, "nl: Sleep het.", f"nl: {hard}.")
    assert line == 1
    assert what.startswith("reads too hard in 'nl': ")


@pytest.mark.parametrize("language", EASY)
def test_no_hard_word_is_replaced_by_another(language: str) -> None:
    words = hard_words(language)
    assert len(words) > 20
    assert not words.keys() & words.values()
