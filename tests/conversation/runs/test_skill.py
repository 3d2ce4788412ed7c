"""A question out of a step goes to somebody who knows what it is about, as the playbook says it."""

from helpdesk_bot.config import Config
from tests.conversation.helpers import helps
from tests.conversation.runs.walker import NOOR, OWN, SANNE, Walker
from tests.conversation.stage import Stage, to

TEAM, JORIS = "!team-noord:test", "@joris:test"


async def team(stage: Stage, knows: str) -> None:
    """Joris knows it; Sanne knows something else, and comes first by name."""
    await stage.join(TEAM, "@anna:test", JORIS, SANNE)
    await helps(stage, JORIS, skills=[knows])
    await helps(stage, "@anna:test", skills=["website"])


async def test_help_with_a_step_is_about_the_tool_that_it_names(begun: Walker) -> None:
    await team(begun.stage, "files")
    turn = await begun.turn()
    await begun.reply(
        turn, "Ik zie nergens een knop voor leden of geld op de website"
    )  # by its words of two topics
    [ticket] = await begun.tickets()
    assert (ticket.topic, ticket.topic_said) == ("files", True)
    assert ticket.suggested[0] == JORIS


async def test_a_step_of_technicians_goes_to_who_knows_it_and_says_why(begun: Walker) -> None:
    stage = begun.stage
    await team(stage, "files")
    while not await begun.tickets():
        await begun.something()
    [ticket] = await begun.tickets()
    assert (ticket.topic, ticket.suggested[0]) == ("files", JORIS)
    card = next(words for words in to(TEAM, begun.said) if words.startswith("Vraag 1") or "Stap 1." in words)
    assert "bestanden en delen" in card
    assert "Dit gaat over Nextcloud." in ticket.question


async def test_a_tool_can_be_a_topic_of_a_helpdesk_s_own(begun: Walker) -> None:
    config = begun.stage.setting.config.model_dump(mode="json", by_alias=True)
    own = {"id": "nextcloud", "name": {"nl": "nextcloud", "en": "nextcloud"}, "words": ["nextcloud"]}
    begun.on(begun.shelf, Config.model_validate({**config, "topics": [own]}))
    await team(begun.stage, "nextcloud")
    await begun.reply(await begun.turn(), "hulp")
    [ticket] = await begun.tickets()
    assert (ticket.topic, ticket.suggested[0]) == ("nextcloud", JORIS)


async def test_who_asks_can_still_put_it_right(begun: Walker) -> None:
    await begun.reply(await begun.turn(), "hulp")
    await begun.stage.replies(NOOR, OWN, f"$out{(await begun.turn()).dialog.asked}", "Het gaat over de mail")
    [ticket] = await begun.tickets()
    assert ticket.topic == "mail"
