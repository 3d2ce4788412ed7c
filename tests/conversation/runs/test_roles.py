"""Somebody else has a role from now on."""

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.walker import OWN, TARIK, Walker, inputs_of
from tests.conversation.stage import Stage, to


async def test_in_a_time_of_rest_too(stage: Stage, library: Shelf) -> None:
    """What whoever left was told about that time is told to who comes in their place."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(
        "whatsapp-to-element", inputs_of(library.playbooks["whatsapp-to-element"].open().inputs, 0)
    )
    while Step.WAITING not in (states := await walker.states()).values():
        await walker.something()
    resting = next(name for name, state in states.items() if state is Step.WAITING)
    await stage.join(OWN, TARIK)
    said = to(OWN, await stage.says(TARIK, OWN, f"!rol {walker.number} organisatie @bas:test"))
    place = (await walker.row(resting)).place
    assert any(f"Stap {place} van" in text for text in said), said
    [asked] = [one for one in await walker.open() if one.what is Ask.DO and one.step == resting]
    assert asked.dialog.user_id == "@bas:test"
