"""Whatever people call themselves and whatever they write: it is shown, and changes nothing else."""

import json
import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from helpdesk_bot.texts.markup import only_words, parse
from helpdesk_bot.texts.render import Link, Person, Quote, Rendered, Texts

ALLOWED = {
    "p",
    "br",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    *(f"h{i}" for i in range(1, 7)),
}
NASTY = st.sampled_from(
    [
        "**", "_", "`", "[x](https://evil.example)", "<script>", "</p>", "&lt;", "\n", "\n\n- ", "\n> ", "\r\n", "1. ", "# ",
        "@room", "@Room", "\u202e", "\u2066", "\u2028", "\x00", "\ud800", "\udfff", "\ue000name\ue001", "\ue000", "\ue001",
        "{name}", "{n}", "%(n)s", "https://x.nl/<b>", "javascript:alert(1)", "<!--", "<mx-reply>", '"', "'", "\\", "👩‍🔧", "سلام",
        "\ufeff", "\U0001f3f4\U000e0067", "> <@a:b> c\n\n",
    ]
)  # fmt: skip
HOSTILE = st.one_of(
    st.text(st.characters()), st.lists(st.one_of(NASTY, st.text(max_size=8)), max_size=12).map("".join)
)
_texts = Texts.load()
_PLACES = {key: "".join(_texts.catalogues.forms("nl", key)) for key in sorted(_texts.catalogues.keys)}


class Structure(HTMLParser):
    """The elements of a message in order, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= (
            {"href"} if tag == "a" else {"start"} if tag == "ol" else set()
        )
        for name, value in attrs:
            assert name != "href" or re.match(r"https?://|mailto:", value or "", re.IGNORECASE)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.words += data

    @override
    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    @override
    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")


def shape(said: Rendered) -> list[str]:
    """The elements, after checking what must hold for every message."""
    structure = Structure(said.html)
    assert not structure.open
    assert said.body.strip()
    assert said.size <= _texts.limit
    json.dumps({"body": said.body, "html": said.html}, ensure_ascii=False).encode()
    for text in (said.body, structure.words):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\ufeff]", text)
        assert not re.search(r"@room\b", text, re.IGNORECASE)
    return structure.tags


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(_PLACES)), HOSTILE)
@example("card.head", "**\n\n# x\n- y **")
def test_a_value_never_changes_the_structure(key: str, hostile: str) -> None:
    names: set[str] = set(re.findall(r"\{(\w+)\}", _PLACES[key])) - {"n"}
    for language in _texts.languages:
        tame = _texts.say(language, key, None, n=2, **dict.fromkeys(names, "tam"))
        wild = _texts.say(language, key, None, n=2, **dict.fromkeys(names, hostile))
        assert shape(wild) == shape(tame) or not hostile.strip()
        assert wild.body.count("\n") <= tame.body.count("\n") or not tame.body.strip()


@settings(max_examples=300, deadline=None)
@given(HOSTILE, HOSTILE)
def test_what_people_write_adds_nothing_but_breaks_and_links(hostile: str, name: str) -> None:
    said = _texts.say("nl", "relay.question", name=name, text=Quote(hostile))
    tags = [tag for tag in shape(said) if tag not in ("br", "a")]
    assert tags == ["p", "strong", "blockquote"]
    assert set(shape(_texts.user_text(hostile))) <= {"br", "a"}
    assert all(line.startswith(">") for line in said.body.split("\n")[1:])


@settings(max_examples=200, deadline=None)
@given(HOSTILE, HOSTILE, st.booleans())
def test_people_and_links_are_at_most_one_link(one: str, other: str, ping: bool) -> None:
    for value in (
        Person(one, other, ping=ping),
        Person("@a:b.c", other, ping=ping),
        Link(one, other),
        Link("https://x.nl/" + one, other),
    ):
        said = _texts.say("nl", "media.image", file=value)
        assert shape(said) in ([], ["a"])
        assert said.mentions <= {one, "@a:b.c"}
        assert ping or not said.mentions


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, max_size=5))
def test_lists_keep_their_length(names: list[str]) -> None:
    said = _texts.bullets(names)
    assert shape(said).count("li") == (len(names) if said.html.startswith("<ul>") else 0)
    shape(_texts.join([_texts.user_text(name) for name in names]))


@settings(max_examples=30, deadline=None)
@given(NASTY, st.integers(1, 60_000))
def test_any_amount_of_it_fits(unit: str, times: int) -> None:
    long = (unit * times)[:120_000]
    shape(_texts.user_text(long))
    shape(_texts.say("en", "relay.question", name=long, text=Quote(long)))


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("aé1 -.,:;!?()'’*_`[]<>#&\\~|{}\n\t"), min_size=1) | HOSTILE)
@example("a {b} c - d 1. e")
@example("1. a")
@example("- a")
def test_what_is_only_words_is_one_paragraph_that_says_just_that(text: str) -> None:
    """It is not looked at any further before it is shown."""
    if only_words(text):
        [paragraph] = parse(text)
        assert paragraph.kind == "p"
        assert {node.kind for node in paragraph.inner} <= {"text", "place"}
        said = "".join(f"{{{n.text}}}" if n.kind == "place" else n.text for n in paragraph.inner)
        assert said == text.strip()


def test_most_texts_are_only_words() -> None:
    catalogues = _texts.catalogues
    forms = [form for key in catalogues.keys for form in catalogues.forms("nl", key)]
    assert sum(map(only_words, forms)) > len(forms) / 2
