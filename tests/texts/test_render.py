"""Golden examples: what stands in the message, as text and as HTML."""

from datetime import datetime, timedelta
from time import process_time

import pytest

from helpdesk_bot.texts.catalogue import CatalogueError, Catalogues, places
from helpdesk_bot.texts.markup import parse
from helpdesk_bot.texts.render import Link, Person, Quote, Texts


def test_one_paragraph_has_no_element_around_it(texts: Texts) -> None:
    said = texts.say("nl", "say.hello", name="Fatima & co")
    assert said.body == "Hallo Fatima & co, je vraag is binnen."
    assert said.html == "Hallo <strong>Fatima &amp; co</strong>, je vraag is <em>binnen</em>."
    assert said.inline
    assert said.mentions == frozenset()


def test_blocks_have_no_white_space_between_them(texts: Texts) -> None:
    said = texts.say("nl", "say.blocks", name="12")
    assert said.html == (
        "<h1>Kop 12</h1>"
        '<p>Eerste<br>regel met <a href="https://example.org/a?b=1&amp;c=2">onze site</a>.</p>'
        "<ul><li>een</li><li>twee <code>!pak 12</code></li></ul>"
        "<ol><li>eerst</li><li>dan</li></ol>"
    )
    assert said.body == (
        "Kop 12\n\nEerste\nregel met onze site (https://example.org/a?b=1&c=2).\n"
        "- een\n- twee !pak 12\n1. eerst\n2. dan"
    )


def test_a_quote_alone_is_set_apart(texts: Texts) -> None:
    said = texts.say("nl", "say.quote", name="Jan", text=Quote("Hoi,\n\n<b>help</b> www"))
    assert said.html == (
        "<p><strong>Jan</strong> schrijft:</p>"
        "<blockquote>Hoi,<br><br>&lt;b&gt;help&lt;/b&gt; www</blockquote><p>Tot zo.</p>"
    )
    assert said.body == "Jan schrijft:\n> Hoi,\n>\n> <b>help</b> www\n\nTot zo."


def test_a_quote_in_a_sentence_is_one_line(texts: Texts) -> None:
    said = texts.say("nl", "say.both", name="ik", text=Quote("a\nb"))
    assert (said.body, said.html) == ("‘a b’ en ik", "‘a b’ en ik")


def test_a_quote_may_be_short(texts: Texts) -> None:
    said = texts.say("en", "say.nothing", name=Quote("abcdef", longest=3))
    assert said.body == "> abc… (shortened)"


def test_people_are_mentioned_and_pinged_only_on_request(texts: Texts) -> None:
    people = [Person("@a:x.org", "Åsa <3", ping=True), Person("@b:x.org", "Bo"), Person("@c:x.org", "")]
    said = texts.say("nl", "say.nothing", name=people)
    assert said.body == "Åsa <3, Bo en c"
    assert said.html == (
        '<a href="https://matrix.to/#/@a:x.org">Åsa &lt;3</a>, '
        '<a href="https://matrix.to/#/@b:x.org">Bo</a> en <a href="https://matrix.to/#/@c:x.org">c</a>'
    )
    assert said.mentions == {"@a:x.org"}


def test_a_person_with_a_false_id_is_only_a_name(texts: Texts) -> None:
    said = texts.say("nl", "say.nothing", name=Person('@a"><x', "Jan", ping=True))
    assert (said.html, said.mentions) == ("Jan", frozenset())


def test_a_person_in_a_link_or_code_is_only_a_name(texts: Texts) -> None:
    jan = Person("@jan:x.org", "Jan")
    assert texts.say("nl", "say.linked", name=jan).html == 'Zie <a href="https://example.org">Jan</a>.'
    link = '<a href="https://matrix.to/#/@jan:x.org">Jan</a>'
    assert (
        texts.say("nl", "say.command", name=jan).html == f"Schrijf <code>!pak Jan</code> of <em>{link}</em>."
    )


@pytest.mark.parametrize(
    ("link", "body", "html"),
    [
        (
            Link("https://a.nl/x?y=1&z", "hier"),
            "hier (https://a.nl/x?y=1&z)",
            '<a href="https://a.nl/x?y=1&amp;z">hier</a>',
        ),
        (Link("https://a.nl"), "https://a.nl", '<a href="https://a.nl">https://a.nl</a>'),
        (Link("mailto:a@b.nl", "mail"), "mail (mailto:a@b.nl)", '<a href="mailto:a@b.nl">mail</a>'),
        (Link("javascript:alert(1)", "hier"), "hier", "hier"),
        (Link('https://a.nl/" onclick=', "hier"), "hier", "hier"),
        (Link("http://[", "hier"), "hier", "hier"),
    ],
)
def test_links(texts: Texts, link: Link, body: str, html: str) -> None:
    said = texts.say("nl", "say.nothing", name=link)
    assert (said.body, said.html) == (body, html)


def test_plural_and_a_text_inside_a_text(texts: Texts) -> None:
    inner = texts.say("nl", "say.hello", name="X")
    assert texts.say("nl", "say.count", n=1, name=inner).html.startswith(
        "één vraag van Hallo <strong>X</strong>"
    )
    assert texts.say("nl", "say.count", n=2, name="X").body == "2 vragen van X"


def test_a_text_with_paragraphs_inside_a_text(texts: Texts) -> None:
    inner = texts.say("nl", "say.quote", name="Jan", text=Quote("a"))
    assert texts.say("nl", "say.nothing", name=inner).html == inner.html
    assert texts.say("nl", "say.hello", name=inner).html == (
        "Hallo <strong>Jan schrijft: &gt; a Tot zo.</strong>, je vraag is <em>binnen</em>."
    )


def test_join_and_bullets(texts: Texts) -> None:
    hello = texts.say("nl", "say.hello", name=Person("@a:x", "A", ping=True))
    joined = texts.join(
        [hello, texts.bullets(["Noord", texts.say("nl", "say.nothing", name="<Oost>")], numbered=True)]
    )
    assert joined.body == "Hallo A, je vraag is binnen.\n1. Noord\n2. <Oost>"
    assert joined.html.endswith("</p><ol><li>Noord</li><li>&lt;Oost&gt;</li></ol>")
    assert joined.html.startswith("<p>Hallo <strong>")
    assert joined.mentions == {"@a:x"}
    assert texts.join([hello]) == hello


def test_what_a_person_wrote(texts: Texts) -> None:
    said = texts.user_text("Kijk (https://x.nl/a_(b)?c=1&d=<e>), **niet** http://y.nl.\nGroet <i>Jan</i>")
    assert said.body == "Kijk (https://x.nl/a_(b)?c=1&d=<e>), **niet** http://y.nl.\nGroet <i>Jan</i>"
    assert said.html == (
        'Kijk (<a href="https://x.nl/a_(b)?c=1&amp;d=">https://x.nl/a_(b)?c=1&amp;d=</a>&lt;e&gt;), **niet** '
        '<a href="http://y.nl">http://y.nl</a>.<br>Groet &lt;i&gt;Jan&lt;/i&gt;'
    )


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("> <@bot:x> Is het gelukt?\n> tweede\n\nJa hoor", "Ja hoor"),
        ("> * <@bot:x> zwaait\n\nhoi", "hoi"),
        ("> een citaat van mijzelf\nen meer", "> een citaat van mijzelf\nen meer"),
        ("> <@bot:x> alleen dit", "(leeg bericht)"),
        (" \n\x00\u200e ", "\u200e"),
        ("", "(leeg bericht)"),
    ],
)
def test_the_copy_of_what_is_answered_goes(texts: Texts, written: str, left: str) -> None:
    assert texts.user_text(written).body == left


def test_a_mention_in_somebody_elses_words_is_no_pill(texts: Texts) -> None:
    assert "<a" not in texts.user_text("https://matrix.to/#/@coordinator:x.org").html
    assert "<a" in texts.user_text("https://matrix.to/#/!room:x.org/$event").html


def test_names_can_not_break_out(texts: Texts) -> None:
    name = "Jan\n\n> nep\u202e<b>\x00*a* @room \ud800"
    said = texts.say("nl", "say.hello", name=name)
    assert said.body == "Hallo Jan > nep<b>*a* @\u2060room \ufffd, je vraag is binnen."
    assert said.html.count("<") == 4


def test_right_to_left_words_keep_to_themselves(texts: Texts) -> None:
    assert texts.say("nl", "say.hello", name="سلام").body == "Hallo \u2068سلام\u2069, je vraag is binnen."


def test_a_long_name_is_cut(texts: Texts) -> None:
    assert len(texts.say("nl", "say.hello", name="n" * 60_000).body) < 1_100


@pytest.mark.parametrize("unit", ["a", "é", "<", "&", "\n", "🎉", "ש ", "https://a.nl/ ", "a\n"])
def test_too_much_is_cut_with_a_mark_and_fits(texts: Texts, unit: str) -> None:
    long = "begin " + unit * 60_000 + "x"
    quoted = texts.say("nl", "say.quote", name="Jan", text=Quote(long))
    written = texts.user_text(long)
    assert "… (ingekort)" in quoted.body
    assert quoted.body.endswith("Tot zo.")
    assert "… (ingekort)" in written.body
    joined = texts.join([quoted, written, texts.bullets([written, quoted])])
    for said in (quoted, written, joined):
        assert 0.5 * texts.limit < said.size <= texts.limit or unit == "\n"
        assert said.size <= texts.limit


def test_what_fits_is_made_once_however_deep_it_stands(texts: Texts) -> None:
    written = texts.user_text("dat is een heel verhaal")
    assert written.cut(texts.limit) is written
    assert written.cut(5).body != written.body
    deep = texts.bullets([texts.join([written, written])])
    assert deep.cut(texts.limit) is deep
    # Alone it says that there is nothing; among other words it says nothing.
    nothing = texts.bullets([])
    assert nothing.body
    assert texts.join([written, nothing]).body == written.body


@pytest.mark.parametrize(
    "start", ["https://x.nl/" + ")" * 60_000, "https://x.nl/" + "." * 60_000, "> <@" * 15_000]
)
def test_nothing_people_write_holds_the_bot_up(texts: Texts, start: str) -> None:
    began = process_time()
    texts.user_text(start)
    texts.say("nl", "say.quote", name=start, text=Quote(start))
    assert process_time() - began < 1


def test_an_endless_list_of_our_own_fits_too(texts: Texts) -> None:
    rows = [texts.say("nl", "say.hello", name=Person("@a:x", f"Naam {i} é")) for i in range(5_000)]
    said = texts.bullets(rows)
    assert said.size <= texts.limit
    assert said.body.endswith("… (ingekort)")


def test_faults_of_the_program_are_said(texts: Texts, now: datetime) -> None:
    with pytest.raises(TypeError, match="needs a value for name"):
        texts.say("nl", "say.hello")
    with pytest.raises(TypeError, match="NoneType"):
        texts.say("nl", "say.hello", name=None)
    with pytest.raises(TypeError, match="one word"):
        texts.say("nl", "say.hello", name=True)
    with pytest.raises(TypeError, match="what time it is"):
        texts.say("nl", "say.when", when=now)


@pytest.mark.parametrize(
    "text",
    ["[x]({url})", "[{a}](https://x.nl/{b})", "[x](ftp://x.nl)"],
)
def test_a_text_that_can_not_be_shown_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"place|address"):
        parse(text)


def test_every_text_of_the_package_can_be_said(now: datetime) -> None:
    texts = Texts.load()
    for language in texts.languages:
        for key in texts.catalogues.keys:
            names = frozenset().union(*map(places, texts.catalogues.forms(language, key)))
            for n in (1, 2):
                said = texts.say(language, key, now, **dict.fromkeys(names, "iets") | {"n": n})
                assert said.body.strip()
                assert "{" not in said.body


def test_duration_words(texts: Texts) -> None:
    def said(language: str, **span: float) -> str:
        return texts.say(language, "say.when", when=timedelta(**span)).body

    assert said("nl", minutes=10) == "10 minuten"
    assert said("nl", minutes=1) == "1 minuut"
    assert said("en", days=1) == "1 day"
    assert said("nl", days=14) == "14 dagen"
    assert said("nl", hours=2, minutes=30) == "2 uur en 30 minuten"
    assert said("en", days=1, hours=1, minutes=59) == "1 day and 1 hour"
    assert said("nl", minutes=59, seconds=45) == "1 uur"
    assert said("nl", hours=24) == "1 dag"
    assert said("nl", days=2, minutes=5) == "2 dagen"
    assert said("en", seconds=1) == "1 second"
    assert said("nl", seconds=0) == "0 seconden"
    assert said("nl", minutes=-5) == "5 minuten"


def test_a_catalogue_with_a_text_that_can_not_be_shown_stops_the_start(texts: Texts) -> None:
    broken = Catalogues.load()
    broken._languages["nl"].forms["text.cut"] = ("[x]({url})",)
    with pytest.raises(CatalogueError, match=r"nl: text\.cut: .* is no web address"):
        Texts(broken)
