"""A playbook and a catalogue as somebody writes them, with everything that the format has, and what is said of them."""

from functools import cache
from pathlib import Path
from typing import Any

from helpdesk_bot.config.findings import Finding
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.loading import Library, files_of, library, load
from helpdesk_bot.playbooks.shelf import Shelf, Shelved

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
LINKS = PLAYBOOKS / "close-public-links.yaml"
NAMES = [file.stem for file in files_of(PLAYBOOKS)]


def shelf_of(found: Library) -> Shelf:
    """What a helpdesk has of a folder."""
    return Shelf({name: Shelved.of(playbook) for name, playbook in found.playbooks.items()}, found.tools)


@cache
def whole_library() -> Library:
    """The library of this repository, read once for all tests of a process: it takes seconds."""
    return library(PLAYBOOKS)


@cache
def whole_shelf() -> Shelf:
    return shelf_of(whole_library())


TOOLS = """\
seen: 2026-11-20
tools:
  - id: zoom
    name: Zoom
    kind: bigtech
    purposes: [calls]
    what_for: {nl: Bellen met beeld., en: Calls with pictures.}
    for_whom: {nl: Voor wie al een account heeft., en: For who has an account.}
    cost: {nl: Gratis tot 40 minuten., en: Free up to 40 minutes.}
    licence: closed
    exit: {nl: Er is niets mee te nemen., en: There is nothing to take along.}
    weak_points: [{nl: De baas zit ver weg., en: The boss is far away.}]
    status: {now: alive, source: {seen: 2026-11-20, confidence: unverified}}
  - id: jitsi
    name: Jitsi
    kind: open
    purposes: [calls]
    what_for: {nl: Bellen met beeld., en: Calls with pictures.}
    for_whom: {nl: Voor kleine groepen., en: For small groups.}
    instead_of: [zoom]
    cost: {nl: Gratis., en: Free.}
    hosts: [{name: Disroot, country: NL}]
    licence: Apache-2.0
    exit: {nl: Er is niets mee te nemen., en: There is nothing to take along.}
    weak_points: [{nl: Het hapert bij veel mensen., en: It stutters with many people.}]
    status: {now: alive, source: {seen: 2026-11-20, confidence: unverified}}
"""

MOVE = """\
schema: playbook/v1
id: move
version: 1.2.3
title: {nl: Van oud naar nieuw, en: From old to new}
summary: {nl: Zet alles over., en: Move all of it.}
from: [zoom]
to: [jitsi]
audience: {size: "3-50"}
effort: {initiative: 90m, technician: 0h, trainer: 1h, elapsed: 14d}
owner: trainers
review_by: 2027-05-01
sources:
  - {url: "https://example.org/general", seen: 2026-11-20, confidence: primary}
facts:
  - says: {nl: Het feit over alles., en: The fact about all.}
    source: {seen: 2026-11-20, confidence: unverified}
personal_data:
  kinds: [{nl: namen, en: names}, {nl: adressen, en: addresses}]
  breach_check: true
  note: {nl: Vertel het het bestuur., en: Tell the board.}
requires: [{playbook: before}]
losses:
  - {nl: Oude filmpjes gaan weg., en: Old films go away.}
stop_if:
  - {nl: Niemand weet van wie het is., en: Nobody knows whose it is.}
inputs:
  - {key: users, label: {nl: Hoeveel mensen?, en: How many people?}, type: number, min: 1, max: 50}
  - {key: paid, label: {nl: Betalen jullie nu?, en: Do you pay now?}, type: boolean}
  - {key: host, label: {nl: Welk adres?, en: Which address?}, type: text, required: false}
  - key: way
    label: {nl: Hoe gaat het?, en: How does it go?}
    type: choice
    choices: [{value: by-hand, label: {nl: met de hand, en: by hand}}, {value: by-app, label: {nl: met de app, en: with the app}}]
phases:
  - id: prepare
    title: {nl: Klaarzetten, en: Make ready}
    steps:
      - id: count
        title: {nl: Tel alles, en: Count all of it}
        why: {nl: Dan weet je wat er is., en: Then you know what there is.}
        how:
          - {nl: "Tel met {users} mensen.", en: "Count with {users} people."}
          - {nl: Klik op *Delen*., en: Click *Share*.}
        role: initiative
        helps: [trainer]
        minutes: 20
        due: {after: start, days: 2}
        evidence: {type: number, key: there, ask: {nl: Hoeveel is er?, en: How many are there?}}
        verify: {check: {nl: Elk deel is geteld., en: Each part is counted.}, by: trainer}
        rollback: {how: [{nl: Gooi de lijst weg., en: Throw the list away.}], until: cutover}
        facts:
          - says: {nl: Het feit over tellen., en: The fact about counting.}
            source: {url: "https://example.org/count", seen: 2026-11-20, confidence: secondary}
      - id: cancel
        title: {nl: Zeg op, en: Cancel}
        why: {nl: Dat spaart geld., en: That saves money.}
        how: [{nl: Bel ze op., en: Call them.}]
        role: initiative
        needs: [count]
        when: {input: paid, is: true}
        minutes: 10
        due: {after: count, days: 1}
        verify: {auto: link_closed, ask: {nl: Stuur de oude link., en: Send the old link.}}
        privacy: {nl: Stuur geen namen., en: Send no names.}
        help: {kb: ["https://example.org/more"], skill: jitsi}
      - id: look
        title: {nl: Kijk of het er is, en: Look whether it is there}
        why: {nl: Anders gaat het mis., en: Else it goes wrong.}
        how: [{nl: Open de site., en: Open the site.}]
        role: technician
        needs: [cancel]
        minutes: 5
        verify: {auto: http, url: "{host}/status.php", json: {installed: true}}
  - id: migrate
    title: {nl: Overzetten, en: Moving}
    steps:
      - id: carry
        title: {nl: Zet over, en: Carry over}
        why: {nl: Nu gaat het gebeuren., en: Now it happens.}
        how: [{nl: Sleep het., en: Drag it.}]
        role: initiative
        needs: [look]
        when: {input: way, is: by-hand}
        minutes: 60
        evidence: {type: number, key: moved, ask: {nl: Hoeveel is er over?, en: How many have moved?}}
        verify: {auto: equal, left: there, right: moved, tolerance: 2}
      - id: address
        title: {nl: Zet het adres om, en: Change the address}
        why: {nl: Dan vindt ieder het., en: Then all find it.}
        how: [{nl: Pas het aan., en: Change it.}]
        role: technician
        minutes: 15
        verify: {auto: dns, name: "{host}", type: MX, contains: example}
      - id: lock
        title: {nl: Zet een slot, en: Put a lock}
        why: {nl: Dan is het veilig., en: Then it is safe.}
        how: [{nl: Zet het aan., en: Turn it on.}]
        role: technician
        needs: [address]
        minutes: 15
        verify: {auto: tls, host: "{host}"}
      - id: invite
        title: {nl: Vraag de groep, en: Ask the group}
        why: {nl: Samen is beter., en: Together is better.}
        how: [{nl: Stuur een link., en: Send a link.}]
        role: initiative
        minutes: 15
        verify: {auto: matrix_members, room: "#groep:example.org", min: 5}
  - id: cutover
    title: {nl: Omzetten, en: Switching}
    steps:
      - id: throw
        title: {nl: Gooi het oude weg, en: Throw the old away}
        why: {nl: Anders blijft het liggen., en: Else it lies around.}
        how: [{nl: Druk op weg., en: Press away.}]
        role: initiative
        needs: [count, carry, lock]
        minutes: 15
        wait: {days: 30, for: {nl: Zo kun je nog terug., en: So you can still go back.}}
        verify: {check: {nl: Het is weg., en: It is gone.}, by: trainer}
        irreversible: true
        sign_off: [trainer]
cutover: {freeze: true, decides: initiative, rollback_window: 30d}
value: {leaves: [zoom], people: "{users}"}
success: [{metric: moved, equals: there}]
retrospective: {after: 14d, questions: [{nl: Wat was lastig?, en: What was hard?}]}
"""

BEFORE = """\
schema: playbook/v1
id: before
version: 1.0.0
title: {nl: Wat eerst moet, en: What comes first}
summary: {nl: Doe dit eerst., en: Do this first.}
audience: {size: "3-50"}
effort: {initiative: 1h, technician: 0h, trainer: 0h, elapsed: 1d}
owner: trainers
review_by: 2026-01-31
phases:
  - id: prepare
    title: {nl: Klaar, en: Ready}
    steps:
      - id: do-it
        title: {nl: Doe het, en: Do it}
        why: {nl: Het moet., en: It has to be.}
        how: [{nl: Doe het., en: Do it.}]
        role: initiative
        minutes: 5
        verify: {check: {nl: Het is klaar., en: It is done.}, by: trainer}
"""


def written(folder: Path, move: str = MOVE, tools: str = TOOLS, before: str = BEFORE) -> Path:
    """A folder of playbooks."""
    for name, text in (("move", move), ("tools", tools), ("before", before)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def changed(text: str, old: str, new: str) -> str:
    """The first one only."""
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def findings(folder: Path) -> list[Finding]:
    found = library(folder).findings
    assert all(finding.remedy and finding.line for finding in found)
    return found


def with_steps(*steps: dict[str, Any]) -> Playbook:
    """A playbook with these steps, and the inputs `list` (yes or no), `size` (a number) and `host` (a choice)."""
    found = load(LINKS)
    assert found.playbook is not None
    raw = found.playbook.model_dump(by_alias=True)
    blank = raw["phases"][0]["steps"][0]
    words = {"nl": "Doe iets", "en": "Do something"}
    blank |= {"needs": [], "when": None, "due": None, "wait": None, "evidence": None}
    blank |= {
        "verify": {"check": words, "by": "trainer"},
        "rollback": None,
        "irreversible": False,
        "sign_off": [],
    }
    raw["phases"] = [{"id": "prepare", "title": words, "steps": [blank | step for step in steps]}]
    raw["inputs"] = [
        {"key": "list", "label": words, "type": "boolean"},
        {"key": "size", "label": words, "type": "number"},
        {
            "key": "host",
            "label": words,
            "type": "choice",
            "choices": [{"value": value, "label": words} for value in ("own", "rented", "none")],
        },
    ]
    raw["success"] = []
    return Playbook.model_validate(raw)
