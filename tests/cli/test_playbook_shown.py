"""`helpdesk playbook preview` and `graph`: what an organisation reads, and a picture that needs no eyes."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from helpdesk_bot.cli.commands import app
from helpdesk_bot.playbooks.loading import load
from tests.cli.conftest import Types
from tests.playbooks.written import MOVE, PLAYBOOKS, changed, line_of, written

SVG = "{http://www.w3.org/2000/svg}"
DUTCH = [
    "Van oud naar nieuw\n==", "Oude filmpjes gaan weg.", "Niemand weet van wie het is.", "Jullie zelf: 1 uur en 30 minuten",
    "Van begin tot eind: ongeveer 14 dagen", "Het gaat om namen en adressen.", "of vreemden erbij konden",
    "Vertel het het bestuur.", "- Wat eerst moet", "- Hoeveel mensen?", "- Welk adres? (mag je overslaan)",
    "Deel 1 van 3: Klaarzetten", "Stap 1. Tel alles\n--", "Wie: jullie zelf, met hulp van de trainer",
    "Hoe lang: ongeveer 20 minuten", "Waarom: Dan weet je wat er is.", "  1. Tel met {users} mensen.\n  2. Klik op *Delen*.",
    "Vertel ons daarna: Hoeveel is er?", "Zo weet je dat het gelukt is: Elk deel is geteld. Wie kijkt: de trainer.",
    "De weg terug: Gooi de lijst weg. (tot en met: Omzetten)", "Alleen als: Betalen jullie nu? ja", "Eerst: stap 1\n",
    "Privacy: Stuur geen namen.", "gelukt is: Stuur de oude link.", "Meer lezen: https://example.org/more",
    "Alleen als: Hoe gaat het? met de hand", "“Hoeveel is er?” en “Hoeveel is er over?” Ze mogen 2 verschillen.",
    "of {host}/status.php goed antwoordt", "of {host} goed is ingesteld (MX)", "of {host} veilig te bereiken is",
    "of er 5 mensen of meer in #groep:example.org zitten", "Eerst: stap 1, stap 4 en stap 6",
    "Wachten: 30 dagen: Zo kun je nog terug.", "Dit kun je niet terugdraaien. Eerst zeggen ook deze mensen ja: de trainer.",
    "verandert niemand meer iets op de oude plek", "of je teruggaat: jullie zelf.", "nog 30 dagen terug",
    "Wat we na 14 dagen vragen", "- Wat was lastig?",
]  # fmt: skip
TRAINERS = [
    "- Het feit over alles. (niet nagekeken, gezien op 20 november 2026)",
    "Wat de trainer weet: stap 1\n",
    "- Het feit over tellen. (van iemand anders, gezien op 20 november 2026: https://example.org/count)",
    "- van de maker zelf, gezien op 20 november 2026: https://example.org/general",
]


class TestPreview:
    def test_all_that_the_organisation_reads(self, types: Types) -> None:
        status, said = types("preview", "move", columns=80)
        assert status == 0
        told = said.replace("\n  ", " ")
        missing = [part for part in DUTCH if part not in said and part not in told]
        assert not missing, said
        assert not [part for part in TRAINERS if part in told]
        assert max(map(len, said.splitlines())) <= 80

    def test_what_is_lost_comes_before_the_work(self, types: Types) -> None:
        _, said = types("preview", "move")
        assert said.index("Wat je kwijtraakt") < said.index("Hoeveel tijd") < said.index("Stap 1.")

    def test_trainers_read_what_is_known_and_how_surely(self, types: Types) -> None:
        _, said = types("preview", "move", "--trainer")
        told = said.replace("\n  ", " ")
        assert not [part for part in (*DUTCH, *TRAINERS) if part not in said and part not in told], said

    def test_in_english(self, types: Types) -> None:
        _, said = types("preview", "move", "--language", "en", "--trainer")
        assert "Step 1. Count all of it" in said
        assert "How you know it worked: Each part is counted. Who looks: the trainer." in said
        dutch = re.findall(r"\b(?:het|een|jullie|gelukt|stap|wie)\b", said, re.IGNORECASE)
        assert not dutch

    def test_answers_are_filled_in_and_leave_steps_out(self, types: Types) -> None:
        _, said = types(
            "preview", "move", "-i", "users=12", "-i", "paid=nee", "-i", "way=by-app", "-i", "host=x.org"
        )
        assert "1. Tel met 12 mensen." in said
        assert "Hoeveel mensen? Antwoord: 12" in said
        assert "Betalen jullie nu? Antwoord: nee" in said
        assert "Hoe gaat het? Antwoord: met de app" in said
        assert "of x.org/status.php goed" in said
        assert "Zeg op" not in said
        assert "Zet over" not in said
        assert "Stap 2. Kijk of het er is" in said
        assert "Eerst: stap 1, stap 2 en stap 4" in said, (
            "in place of the step that is left out what that one needed"
        )
        assert "Alleen als" not in said, "nothing is open any more"

    def test_a_step_that_the_answers_bring_needs_no_if(self, types: Types) -> None:
        _, said = types("preview", "move", "-i", "paid=ja")
        assert "Zeg op" in said
        assert "Alleen als: Betalen" not in said
        assert "Alleen als: Hoe gaat het?" in said

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["mov"], "There is no playbook 'mov'"),
            (["mov"], "Did you mean move?"),
            (["../move"], "There is no playbook"),
            (["move", "-l", "de"], "There is no text in 'de'."),
            (["move", "-i", "people=3"], "keys are: users, paid, host, way."),
            (["move", "-i", "users"], "answers no input"),
            (["move", "-i", "users=many"], "Write a whole number from 1 up to 50."),
        ],
    )
    def test_what_can_not_be_shown(self, types: Types, words: list[str], said: str) -> None:
        for command in ("preview", "graph"):
            status, told = types(command, *words)
            assert status == 1
            assert said in told

    def test_a_broken_one_is_told(self, types: Types, tmp_path: Path) -> None:
        written(tmp_path, changed(MOVE, "role: technician", "role: boss"))
        status, said = types("preview", "move")
        assert status == 1
        assert (
            f"move.yaml:{line_of(MOVE, 'role: technician')}:15: phases[1].steps[3].role has an unknown value"
            in said
        )


def words_of(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


class TestGraph:
    def drawn(self, types: Types, *words: str) -> ElementTree.Element:
        status, said = types("graph", "move", *words)
        assert status == 0
        return ElementTree.fromstring(said)

    def test_every_step_stands_there_in_words(self, types: Types) -> None:
        picture = self.drawn(types)
        said = " ".join(words_of(picture))
        for part in (
            "Van oud naar nieuw", "Klaarzetten", "Overzetten", "1. Tel alles", "2. Zeg op", "8. Gooi het oude weg",
            "Alleen als: Betalen jullie nu? ja", "jullie zelf · ongeveer 15 minuten · na 1, 4 en 6",
            "Eerst wachten: 30 dagen", "de trainer kijkt na", "de helpdesk kijkt zelf", "Ja zeggen ook: de trainer",
            "⚠ Hierna is er geen weg terug",
        ):  # fmt: skip
            assert part in said

    def test_a_screen_reader_finds_a_list_of_steps(self, types: Types) -> None:
        picture = self.drawn(types)
        assert (picture.get("lang"), picture.get("role")) == ("nl", "group")
        ids = {element.get("id"): element.text for element in picture.iter()}
        assert ids[picture.get("aria-labelledby")] == "Draaiboek: Van oud naar nieuw"
        about = ids[picture.get("aria-describedby")]
        assert about is not None
        assert "3 delen met samen 8 stappen" in about
        lists = [group for group in picture.iter(f"{SVG}g") if group.get("role") == "list"]
        assert [group.get("aria-label") for group in lists] == ["Klaarzetten", "Overzetten", "Omzetten"]
        steps = [group for group in picture.iter(f"{SVG}g") if group.get("role") == "listitem"]
        labels = [group.get("aria-label") or "" for group in steps]
        assert [label.split(".")[0] for label in labels] == [str(number) for number in range(1, 9)]
        assert "na 1, 4 en 6" in labels[-1]
        assert "Dit kun je niet terugdraaien" in labels[-1]
        assert all(text.get("aria-hidden") == "true" for text in picture.iter(f"{SVG}text")), (
            "or all comes twice"
        )

    def test_what_is_different_looks_different_without_colour(self, types: Types) -> None:
        looks = [rect.get("class") for rect in self.drawn(types).iter(f"{SVG}rect")]
        boxes = [look for look in looks if look and look.startswith("box")]
        assert boxes == ["box", "box perhaps", "box", "box perhaps", "box", "box", "box", "box final"]

    def test_arrows_without_what_follows_from_others(self, types: Types) -> None:
        lines = [path for path in self.drawn(types).iter(f"{SVG}path") if path.get("class") == "line"]
        assert len(lines) == 6, "1-2, 2-3, 3-4, 5-6, 4-8 and 6-8; 1-8 follows"

    def test_nothing_is_drawn_outside_or_over_something_else(self, types: Types) -> None:
        picture = self.drawn(types)
        _, _, width, height = map(float, (picture.get("viewBox") or "").split())
        boxes = [rect for rect in picture.iter(f"{SVG}rect") if (rect.get("class") or "").startswith("box")]
        spans = [(float(box.get("y") or 0), float(box.get("height") or 0)) for box in boxes]
        assert all(top + tall < under for (top, tall), (under, _) in pairwise(spans))
        assert spans[-1][0] + spans[-1][1] < height
        for text in picture.iter(f"{SVG}text"):
            assert float(text.get("y") or 0) < height
            assert len(text.text or "") <= 58, "so much fits in a box"
        for line in picture.iter(f"{SVG}path"):
            if line.get("class") == "line":
                assert float(re.findall(r"H([\d.]+)", line.get("d") or "")[0]) < width

    def test_answers_leave_steps_out(self, types: Types) -> None:
        said = " ".join(words_of(self.drawn(types, "-i", "paid=no", "-i", "way=by-app", "-l", "en")))
        assert "2. Look whether it is there" in said
        assert "Cancel" not in said
        assert "after 1, 2 and 4" in said

    def test_words_of_a_playbook_are_no_markup(self, types: Types, tmp_path: Path) -> None:
        written(tmp_path, changed(MOVE, "nl: Tel alles", "nl: '<script>&\"'"))
        assert '1. <script>&"' in " ".join(words_of(self.drawn(types)))

    def test_into_a_file(self, types: Types, tmp_path: Path) -> None:
        status, said = types("graph", "move", "-o", str(tmp_path / "move.svg"))
        assert (status, said) == (0, f"Written to {tmp_path}/move.svg.\n")
        ElementTree.parse(tmp_path / "move.svg")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("command", ["preview", "graph"])
def test_a_long_playbook(command: str, language: str) -> None:
    name = "google-drive-to-nextcloud"
    result = CliRunner().invoke(app, ["playbook", command, name, "-l", language, "--folder", str(PLAYBOOKS)])
    playbook = load(PLAYBOOKS / f"{name}.yaml").playbook
    assert playbook is not None
    assert len(playbook.steps) > 18
    for number, step in enumerate(playbook.steps, 1):
        assert f"{number}. {step.title[language][:20]}" in result.output
