"""Which playbooks there are."""

from dataclasses import replace

from helpdesk_bot.playbooks.shelf import LeftOut
from tests.conversation.conftest import FATIMA
from tests.conversation.stage import BOT, LAYOUT, Stage, to

TARIK = "@tarik:test"


async def test_alone_it_says_how_to_search(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek"))
    assert f"{len(stocked.setting.shelf.playbooks)} draaiboeken" in said


async def test_everything_shows_all_of_them(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek alles"))
    for one in stocked.setting.shelf.playbooks.values():
        assert one.title["nl"] in said
        assert one.id in said


async def test_by_what_somebody_uses(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek gogle drive"))
    assert "- Van Google Drive naar Nextcloud (google-drive-to-nextcloud). Zet jullie mappen" in said


async def test_what_one_asks_and_takes_away_is_told(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek kluis"))
    assert "Jullie eigen tijd: ongeveer 10 uur" in said
    assert "Dit raken jullie kwijt:" in said
    assert "!hulp wij willen beginnen met" in said
    assert "!start" not in said


async def test_trainers_also_read_what_is_not_sure_and_how_to_start(stocked: Stage) -> None:
    trainers = LAYOUT.trainers or ""
    await stocked.join(trainers, TARIK, BOT)
    [said] = to(trainers, await stocked.says(TARIK, trainers, "!draaiboek kluis"))
    assert "!start password-manager @naam" in said
    assert "Wie het nakijkt: trainers, voor" in said
    [said] = to(trainers, await stocked.says(TARIK, trainers, "!draaiboek whatsapp-to-signal"))
    assert "niet kunnen nakijken" in said


async def test_what_is_not_sure_about_a_step_too(stocked: Stage) -> None:
    trainers = LAYOUT.trainers or ""
    await stocked.join(trainers, TARIK, BOT)
    [said] = to(trainers, await stocked.says(TARIK, trainers, "!draaiboek dropbox-to-nextcloud"))
    steps = stocked.setting.shelf.playbooks["dropbox-to-nextcloud"].open().steps
    unsure = [fact for step in steps for fact in step.facts if fact.source.confidence == "unverified"]
    assert unsure
    for fact in unsure:
        assert fact.says["nl"].replace("*", "") in said.replace("*", "")


async def test_trainers_read_which_file_is_not_in_order(stocked: Stage, dm: str) -> None:
    trainers = LAYOUT.trainers or ""
    await stocked.join(trainers, TARIK, BOT)
    broken = LeftOut("kluis.yaml", 12, "Write a title in Dutch too.")
    stocked.configure(stocked.setting.config, replace(stocked.setting.shelf, left_out=(broken,)))
    for words in ("!draaiboek", "!draaiboek alles", "!draaiboek hamer"):
        [said] = to(trainers, await stocked.says(TARIK, trainers, words))
        assert "kluis.yaml, regel 12: ‘Write a title in Dutch too.’" in said
        assert "helpdesk playbook check playbooks/kluis.yaml" in said
    [said] = to(trainers, await stocked.says(TARIK, trainers, "!draaiboek whatsapp-to-signal"))
    assert "kluis.yaml" not in said
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek"))
    assert "kluis.yaml" not in said


async def test_what_fits_nothing_is_said_kindly(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek hamer"))
    assert "Ik vind geen draaiboek bij ‘hamer’" in said


async def test_its_id_is_in_no_language(stocked: Stage, dm: str) -> None:
    [said] = to(dm, await stocked.says(FATIMA, dm, "!draaiboek zoom-to-jitsi"))
    assert said.startswith("Van Zoom naar Jitsi")
