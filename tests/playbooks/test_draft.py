"""The draft is a playbook in order, but for what is still to be written; whatever was said stands in it as words."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.playbooks import rules
from helpdesk_bot.playbooks.draft import Source, draft, name_of
from helpdesk_bot.playbooks.loading import library, load
from helpdesk_bot.playbooks.rules import MOST_STEPS
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
    of_texts = sum(said.startswith(TO_WRITE) for _, said in texts(loaded.playbook))
    assert len(unwritten) == of_texts + 1, "and the source"
    return text, unwritten


def test_each_answer_is_a_step_and_each_sentence_a_line() -> None:
    source = Source(
        12,
        "nl",
        "Delen lukt niet",
        "Hoe deel ik een map?",
        [("nl", "Open de map. Kies *Delen*."), ("en", "Untick the box.")],
        ["google-drive"],
        ["nextcloud"],
    )
    text, unwritten = made(source)
    assert "id: draft-12" in text
    assert '- {"nl": "Open de map.", "en": "TODO translate"}' in text
    assert '- {"nl": "Kies Delen.", "en": "TODO translate"}' in text
    assert '- {"nl": "TODO translate", "en": "Untick the box."}' in text, (
        "each in the language it was written in"
    )
    assert "needs: [step-1]" in text
    assert "#   Hoe deel ik een map?" in text
    assert unwritten


def test_what_another_language_says_is_to_be_translated() -> None:
    text, _ = made(Source(1, "de", "Hilfe", "Wie?", [("de", "So geht es.")], [], []))
    assert '"nl": "TODO So geht es."' in text


def test_the_check_names_every_line_that_is_to_be_written(tmp_path: Path) -> None:
    source = Source(4, "nl", "Delen", "Hoe?", [("nl", "Open de map."), ("en", "Untick it.")], [], [], "files")
    path = tmp_path / f"{name_of(source)}.yaml"
    path.write_text(draft(source, TODAY), "utf-8")
    [one] = library(tmp_path).files
    named = {found.line for found in one.findings if "is still to be written" in found.what}
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    assert named == {at for at, line in lines if TO_WRITE in line and not line.startswith("#")}
    assert len(one.findings) == sum("still to be written" in found.what for found in one.findings)


def test_when_all_is_written_it_is_a_playbook(tmp_path: Path) -> None:
    source = Source(4, "nl", "Delen", "Hoe?", [("nl", "Open de map.")], [], [], "files")
    path = tmp_path / f"{name_of(source)}.yaml"
    path.write_text(
        draft(source, TODAY).replace(f"{TO_WRITE} ", "").replace(TO_WRITE, "nextcloud.com"), "utf-8"
    )
    [one] = library(tmp_path).files
    assert not one.findings
    assert one.playbook is not None
    assert one.playbook.steps[0].help.skill == "files"


def test_an_answer_too_long_for_a_line_is_said_to_be_cut() -> None:
    text, _ = made(Source(1, "nl", "S", "Q", [("nl", "ja " * 900)], [], []))
    assert '"nl": "TODO ja ja' in text


def test_of_very_many_answers_it_says_how_many_are_left_out() -> None:
    text, _ = made(Source(1, "nl", "S", "Q", [("nl", f"Stap {n}.") for n in range(MOST_STEPS + 3)], [], []))
    assert "# 3 more answers are not in it." in text


def test_more_sentences_than_a_step_holds_are_kept() -> None:
    text, _ = made(Source(1, "en", "S", "Q", [("en", " ".join(f"Do {n}." for n in range(9)))], [], []))
    assert "Do 4. Do 5. Do 6. Do 7. Do 8." in text


@given(
    said=st.lists(st.text(max_size=300), max_size=15),
    asked=st.text(max_size=300),
    language=st.sampled_from(["nl", "en", "de"]),
)
def test_whatever_was_said_it_is_in_order(said: list[str], asked: str, language: str) -> None:
    made(Source(3, language, asked, asked, [(language, one) for one in said], [], [], asked))
