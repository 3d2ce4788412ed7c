"""The draft is a playbook in order, but for what is still to be written; whatever was said stands in it as words."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.playbooks import rules
from helpdesk_bot.playbooks.draft import Source, draft, name_of
from helpdesk_bot.playbooks.loading import load
from helpdesk_bot.playbooks.words import TO_WRITE, texts

TODAY = date(2026, 11, 26)


def made(source: Source) -> tuple[str, list[str]]:
    """The text, and what is wrong with it."""
    text = draft(source, TODAY)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name_of(source)}.yaml"
        path.write_text(text, "utf-8")
        loaded = load(path)
    assert loaded.playbook is not None, [str(found) for found in loaded.findings]
    assert not loaded.findings, [str(found) for found in loaded.findings]
    unwritten = [what for _, what, _ in rules.unwritten(loaded.playbook)]
    assert len(unwritten) == sum(said.startswith(TO_WRITE) for _, said in texts(loaded.playbook))
    return text, unwritten


def test_each_answer_is_a_step_and_each_sentence_a_line() -> None:
    source = Source(
        12,
        "nl",
        "Delen lukt niet",
        "Hoe deel ik een map?",
        ["Open de map. Kies *Delen*.", "Zet het vinkje uit."],
        ["google-drive"],
        ["nextcloud"],
    )
    text, unwritten = made(source)
    assert "id: draft-12" in text
    assert '- {"nl": "Open de map.", "en": "TODO translate"}' in text
    assert '- {"nl": "Kies Delen.", "en": "TODO translate"}' in text
    assert "needs: [step-1]" in text
    assert "#   Hoe deel ik een map?" in text
    assert unwritten


def test_what_another_language_says_is_to_be_translated() -> None:
    text, _ = made(Source(1, "de", "Hilfe", "Wie?", ["So geht es."], [], []))
    assert '"nl": "TODO So geht es."' in text


def test_more_sentences_than_a_step_holds_are_kept() -> None:
    text, _ = made(Source(1, "en", "S", "Q", [" ".join(f"Do {n}." for n in range(9))], [], []))
    assert "Do 4. Do 5. Do 6. Do 7. Do 8." in text


@given(
    said=st.lists(st.text(max_size=300), max_size=15),
    asked=st.text(max_size=300),
    language=st.sampled_from(["nl", "en", "de"]),
)
def test_whatever_was_said_it_is_in_order(said: list[str], asked: str, language: str) -> None:
    made(Source(3, language, asked, asked, said, [], []))
