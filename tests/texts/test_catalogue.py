"""A catalogue that does not fit stops the start, with every fault named."""

from pathlib import Path

import pytest

from helpdesk_bot.texts.catalogue import CATALOGUES, CatalogueError, Catalogues, UnknownTextError

HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
GOOD = """msgid "greet.you"
msgstr "Hi {name}"

msgid "count.them"
msgid_plural "count.them"
msgstr[0] "one"
msgstr[1] "{n} of them"
"""


def write(folder: Path, language: str, body: str) -> None:
    (folder / f"{language}.po").write_text(HEAD.format(language=language) + body, encoding="utf-8")


def findings(folder: Path) -> str:
    with pytest.raises(CatalogueError) as raised:
        Catalogues.load("nl", folder=folder)
    return "\n".join(raised.value.findings)


def test_the_catalogues_of_the_package_fit() -> None:
    catalogues = Catalogues.load()
    assert catalogues.languages() == ("nl", "en")
    assert len(catalogues.keys) > 100


def test_every_catalogue_file_is_loaded() -> None:
    assert set(Catalogues.load().languages()) == {path.stem for path in CATALOGUES.glob("*.po")}


def test_a_language_without_a_key_is_named(tmp_path: Path) -> None:
    write(tmp_path, "nl", GOOD)
    write(tmp_path, "en", GOOD.partition('msgid "count')[0])
    assert findings(tmp_path) == "en: count.them is missing"


def test_a_different_place_is_named(tmp_path: Path) -> None:
    write(tmp_path, "nl", GOOD)
    write(tmp_path, "en", GOOD.replace("{name}", "{who}"))
    assert findings(tmp_path) == "greet.you has other places in other languages (en: who; nl: name)"


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (GOOD.replace('msgstr[1] "{n} of them"\n', 'msgstr[1] ""\n'), "count.them misses a plural form"),
        (GOOD.replace('msgstr[1] "{n} of them"\n', ""), "count.them misses a plural form"),
        (GOOD.replace('"Hi {name}"', '""'), "greet.you has no text"),
        (GOOD.replace("{name}", "{name"), "greet.you has a brace that is not a place"),
        (GOOD.replace("{name}", "{Name.x}"), "greet.you has a brace that is not a place"),
        (GOOD + '\nmsgid "greet.you"\nmsgstr "Hello {name}"\n', "greet.you is there twice"),
        (GOOD.replace('msgid "greet.you"', '#, fuzzy\nmsgid "greet.you"'), "greet.you is marked fuzzy"),
        (GOOD.replace('msgid "greet.you"', 'msgid "Hello there"'), "'Hello there' is no key"),
        (GOOD + "nonsense\n", "en.po"),
    ],
)
def test_a_fault_in_one_catalogue_is_named(tmp_path: Path, body: str, finding: str) -> None:
    write(tmp_path, "nl", GOOD)
    write(tmp_path, "en", body)
    assert finding in findings(tmp_path)


def test_a_plural_without_its_value_in_one_form_is_named(tmp_path: Path) -> None:
    body = GOOD.replace('"one"', '"one for {name}"').replace("{n} of them", "{n}")
    write(tmp_path, "nl", body)
    write(tmp_path, "en", body)
    assert "en: count.them: name is missing in a plural form" in findings(tmp_path)


def test_plural_in_one_language_only_is_named(tmp_path: Path) -> None:
    write(tmp_path, "nl", GOOD)
    write(tmp_path, "en", GOOD.partition('msgid "count')[0] + 'msgid "count.them"\nmsgstr "{n}"\n')
    assert "count.them has plural forms in one language and none in another" in findings(tmp_path)


def test_a_language_without_a_catalogue_is_named(tmp_path: Path) -> None:
    write(tmp_path, "nl", GOOD)
    with pytest.raises(CatalogueError, match=r"no catalogue fr\.po"):
        Catalogues.load("nl", ["nl", "fr"], folder=tmp_path)
    with pytest.raises(CatalogueError, match=r"no catalogue en\.po"):
        Catalogues.load("en", folder=tmp_path)


def test_plural_forms_and_unknown_languages(tmp_path: Path) -> None:
    write(tmp_path, "nl", GOOD)
    write(tmp_path, "en", GOOD.replace("of them", "in all"))
    catalogues = Catalogues.load("nl", folder=tmp_path)
    assert [catalogues.t("en", "count.them", n=n) for n in (0, 1, 2)] == ["0 in all", "one", "2 in all"]
    assert catalogues.known("en-GB") == "en"
    assert catalogues.t("tlh", "count.them", n=3) == catalogues.t(None, "count.them", n=3) == "3 of them"
    assert catalogues.t("nl", "greet.you", name="{n} %s") == "Hi {n} %s"


def test_an_unknown_key_and_a_plural_without_a_number_are_faults_of_the_program() -> None:
    catalogues = Catalogues.load()
    with pytest.raises(UnknownTextError, match="no_such"):
        catalogues.t("nl", "no_such.text")
    with pytest.raises(ValueError, match="needs a value for n"):
        catalogues.t("nl", "duration.days")
