"""What runs bring to the week: figures, playbooks that want looking at, and what organisations said afterwards."""

import dataclasses
from datetime import date, timedelta

from helpdesk_bot.playbooks.shelf import LeftOut, Shelf
from helpdesk_bot.reports.week_chart import FOR_RUNS, HEIGHT
from helpdesk_bot.storage.models import RunRemark
from tests.conversation.conftest import COORDINATION
from tests.conversation.runs.walker import Walker, inputs_of
from tests.conversation.stage import LAYOUT, Stage, to
from tests.conversation.week.overview import MONDAY, planned, until, words

TRAINERS = LAYOUT.trainers or ""
WEEK = timedelta(days=7)


async def test_a_finished_run_counts_in_the_week_in_which_it_was_finished(
    stage: Stage, library: Shelf
) -> None:
    walker = Walker(stage, library)
    await walker.set_up()
    given = inputs_of(library.playbooks["zoom-to-jitsi"].open().inputs, 0)
    await walker.start("zoom-to-jitsi", given)
    await planned(stage)
    await walker.walk()
    sent = walker.said + await stage.passes(WEEK)
    said = to(COORDINATION, sent)
    with_runs = [text for text in said if "Overstappen" in text and "hele stad" in text]
    assert "Stappenplannen begonnen: 1. Bezig aan het eind: 1." in with_runs[0]
    [finished] = [text for text in with_runs if "Klaar: 1" in text]
    assert "Weg van: Zoom (1)." in finished
    assert f"{given['people']} mensen stapten over" in finished
    pictures = [
        one
        for one in sent
        if one.room == COORDINATION and one.content.get("filename", "").endswith("city.png")
    ]
    before, *_, last = pictures
    assert before.body.splitlines()[4:6] == [
        "stappenplannen bezig aan het eind: wk 44: 0, wk 45: 0, wk 46: 0, wk 47: 0, wk 48: 1.",
        "stappenplannen klaar: wk 44: 0, wk 45: 0, wk 46: 0, wk 47: 0, wk 48: 0.",
    ]
    assert last.body.splitlines()[5].count(": 1") == 1
    assert before.content["info"]["h"] == HEIGHT + FOR_RUNS


async def test_playbooks_past_their_day_are_named_to_the_coordinators(stage: Stage, library: Shelf) -> None:
    late = {
        one.id: dataclasses.replace(one, review_by=date(2026, 11, 1 + number))
        for number, one in enumerate(list(library.playbooks.values())[:7])
    }
    left_out = (LeftOut("kapot.yaml", 12, "Write it as `2027-05-01`."), LeftOut("tools.yaml", 3, "Write it."))
    stage.configure(stage.setting.config, Shelf({**library.playbooks, **late}, library.tools, left_out))
    await planned(stage)
    city, *_ = to(COORDINATION, await stage.passes(WEEK))
    first = next(iter(late.values()))
    assert "7 draaiboeken zijn te lang niet nagekeken" in city
    assert (
        f"- {first.title['nl']} ({first.id}): {first.owner} zou het uiterlijk zondag 1 november nakijken."
        in city
    )
    assert "Dat is 29 dagen geleden." in city
    assert "En nog 2." in city
    assert "2 bestanden van de draaiboeken zijn niet in orde" in city
    check = "helpdesk playbook check"
    assert (
        f"- kapot.yaml, regel 12: ‘Write it as `2027-05-01`.’ Alles zie je met {check} playbooks/kapot.yaml."
        in city
    )
    assert f"- tools.yaml, regel 3: ‘Write it.’ Alles zie je met {check}." in city


async def test_a_stadsdeel_does_not_hear_of_playbooks(stage: Stage, helped: str, library: Shelf) -> None:
    stage.configure(
        stage.setting.config,
        Shelf(library.playbooks, library.tools, (LeftOut("kapot.yaml", 12, "Write it."),)),
    )
    await planned(stage)
    weeks = [said for said in words(await until(stage, MONDAY)) if said.body.startswith("Week 48")]
    city, noord = weeks
    assert "kapot.yaml" in city.body
    assert noord.body.startswith("Week 48 · Noord")
    assert "kapot.yaml" not in noord.body


async def test_nothing_is_said_while_all_is_in_order(stage: Stage, library: Shelf) -> None:
    stage.configure(stage.setting.config, library)
    await planned(stage)
    city, *_ = to(COORDINATION, await stage.passes(WEEK))
    assert "draaiboek" not in city


async def test_what_organisations_said_is_brought_to_the_trainers_once(begun: Walker) -> None:
    stage = begun.stage
    await planned(stage)
    async with stage.db.transaction() as session:
        for question, text in enumerate(["Het ging goed", "<b>Stap 4</b> was te lang"]):
            session.add(
                RunRemark(
                    run_id=begun.number, question=question, user_id="@noor:test", text=text, at=stage.now
                )
            )
    said = [text for text in to(TRAINERS, await stage.passes(WEEK)) if "zeiden organisaties" in text]
    assert len(said) == 1
    assert "Van Google Drive naar Nextcloud (trainers)" in said[0]
    assert "> Het ging goed" in said[0]
    assert "> <b>Stap 4</b> was te lang" in said[0]
    assert "Noor" not in said[0]
    again = to(TRAINERS, await stage.passes(WEEK))
    assert not [text for text in again if "zeiden organisaties" in text]
