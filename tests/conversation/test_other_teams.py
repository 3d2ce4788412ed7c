"""Nobody of the team answers: people of other teams are asked in a chat of their own, and take the question along."""

import pytest

from helpdesk_bot.domain.routing import Wave
from tests.conversation.conftest import CITY, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.helpers import chats, helps, nobody_answers, outcomes, pinged
from tests.conversation.stage import Said, Stage, edits_in, redacted, to

PIA = "@pia:test"
OF_PIA, OF_WIM = "!dm-pia:test", "!dm-wim:test"


@pytest.fixture
async def asked_wim(stage: Stage, asked: str) -> Said:
    """Question 1 waits in Noord, and Wim of West, who helps in Noord too, has been asked."""
    await chats(stage, WIM)
    await helps(stage, WIM, stadsdelen=["west", "noord"])
    await nobody_answers(stage)
    wave, said = await nobody_answers(stage)
    assert wave == Wave.STADSDEEL
    [offer] = [s for s in said if not s.edits]
    return offer


async def test_asked_with_what_they_need_and_no_more(stage: Stage, asked_wim: Said) -> None:
    assert asked_wim.room == OF_WIM
    assert "In Noord zoeken we iemand voor vraag 1: Onze gedeelde agenda is ineens leeg" in asked_wim.body
    assert "Je helpt in Noord." in asked_wim.body
    assert "!pak 1" in asked_wim.body
    assert "Fatima" not in asked_wim.body


@pytest.mark.both_databases
async def test_at_most_three_and_only_who_says_so(stage: Stage, asked: str) -> None:
    helpers = [f"@w{n}:test" for n in range(5)]
    await stage.join(WEST, *helpers, WIM)
    for user in helpers:
        await chats(stage, user)
        await helps(stage, user, stadsdelen=["noord"])
    await helps(stage, WIM, stadsdelen=["west"])
    await helps(stage, "@weg:test", stadsdelen=["noord"])  # is in no team at all
    await helps(stage, "@w4:test", stadsdelen=["nieuw-noord"])  # and that is somewhere else
    await nobody_answers(stage)
    await nobody_answers(stage)
    assert [user for user in await outcomes(stage) if user not in (JORIS, SANNE)] == helpers[:3]


async def test_who_has_no_chat_gets_one(stage: Stage, asked: str) -> None:
    await helps(stage, WIM, stadsdelen=["noord"])
    await nobody_answers(stage)
    _, said = await nobody_answers(stage)
    assert "kun jij deze vraag oppakken" in to("!new-dm-wim:test", said)[0].casefold()
    said = await stage.says(WIM, "!new-dm-wim:test", "ja hoor")
    assert (await stage.ticket()).assignee == WIM


@pytest.mark.parametrize("how", ["✋", "👍", "!pak 1", "!claim 1", "ja", "Graag!", "reply"])
async def test_taken_along(stage: Stage, asked: str, asked_wim: Said, how: str) -> None:
    if how in ("✋", "👍"):
        said = await stage.reacts(WIM, OF_WIM, asked_wim.event_id, how)
    elif how == "reply":
        said = await stage.replies(WIM, OF_WIM, asked_wim.event_id, ["ja", " dat doe ik"][0])
    else:
        said = await stage.says(WIM, OF_WIM, how)
    assert "Wim helpt je" in to(asked, said)[0]
    card = next(s for s in said if s.room == WEST)
    assert "Onze gedeelde agenda" in card.body
    assert "Wim helpt" in card.body
    assert any("verhuisd naar het team van West" in words for words in to(TEAM, said))
    assert any("is nu van jou" in words for words in to(OF_WIM, said))
    assert not pinged([s for s in said if s.room in (TEAM, WEST)])
    ticket = await stage.ticket()
    assert (ticket.assignee, ticket.team_room, ticket.lent_to) == (WIM, WEST, WEST)
    assert (await outcomes(stage))[WIM] == "claimed"
    said = await stage.replies(WIM, WEST, await stage.card(), "Zullen we samen kijken?")
    assert "samen kijken" in to(asked, said)[0]


@pytest.mark.parametrize("how", ["👎", "🚫", "!nee 1", "!decline 1", "nee", "liever niet"])
async def test_no(stage: Stage, asked: str, asked_wim: Said, how: str) -> None:
    await stage.join(WEST, PIA)
    await chats(stage, PIA)
    await helps(stage, PIA, stadsdelen=["noord"])
    if how in ("👎", "🚫"):
        said = await stage.reacts(WIM, OF_WIM, asked_wim.event_id, how)
    else:
        said = await stage.says(WIM, OF_WIM, how)
        assert "👌 genoteerd" in to(OF_WIM, said)
    assert "Dat is goed" in edits_in(OF_WIM, said)[0]
    assert "In Noord zoeken we iemand" in to(OF_PIA, said)[0]
    assert (await stage.ticket()).status == "new"
    assert not to(asked, said)


async def test_no_and_nobody_else_is_left(stage: Stage, asked: str, asked_wim: Said) -> None:
    said = await stage.says(WIM, OF_WIM, "nee")
    assert (await stage.ticket()).team_room == CITY
    assert "Onze gedeelde agenda" in to(CITY, said)[0]


@pytest.mark.parametrize(
    "text", ["Mijn eigen printer doet het niet", "misschien", "Wat is er dan met die agenda?"]
)
async def test_what_is_no_answer_is_a_question_as_always(stage: Stage, asked_wim: Said, text: str) -> None:
    await stage.says(WIM, OF_WIM, text)
    assert (await stage.ticket(2)).question == text
    assert (await stage.ticket()).status == "new"


async def test_a_yes_to_something_else_takes_nothing(stage: Stage, asked_wim: Said) -> None:
    """Their own question was spoken about since."""
    await stage.says(WIM, OF_WIM, "Mijn eigen printer doet het niet")
    await stage.says(WIM, OF_WIM, "ja")
    assert (await stage.ticket()).assignee is None
    await stage.replies(WIM, OF_WIM, asked_wim.event_id, "ja")
    assert (await stage.ticket()).assignee == WIM


async def test_somebody_else_was_first(stage: Stage, asked: str, asked_wim: Said) -> None:
    said = await stage.reacts(SANNE, TEAM, await stage.card(), "✋")
    assert not to(OF_WIM, said)  # nobody is disturbed by it
    assert "niet meer voor jou" in edits_in(OF_WIM, said)[0]
    for late in (
        await stage.says(WIM, OF_WIM, "!pak 1"),
        await stage.says(WIM, OF_WIM, "!nee 1"),
        await stage.reacts(WIM, OF_WIM, asked_wim.event_id, "✋"),
    ):
        [sorry] = to(OF_WIM, late)
        assert "heeft al hulp" in sorry
    assert (await stage.ticket()).assignee == SANNE


async def test_who_is_in_no_team_any_more_may_not(stage: Stage, asked_wim: Said) -> None:
    await stage.join(WEST, WIM, membership="leave")
    for said in (
        await stage.says(WIM, OF_WIM, "!pak 1"),
        await stage.reacts(WIM, OF_WIM, asked_wim.event_id, "✋"),
    ):
        assert len(to(OF_WIM, said)) == 1
    assert (await stage.ticket()).assignee is None


async def test_in_a_team_that_anybody_can_join_they_may_not(stage: Stage, asked_wim: Said) -> None:
    await stage.room(WEST, join_rule="public")
    await stage.reacts(WIM, OF_WIM, asked_wim.event_id, "✋")
    assert (await stage.ticket()).assignee is None


async def test_who_was_not_asked_sees_nothing_of_it(stage: Stage, asked_wim: Said) -> None:
    await stage.join(WEST, PIA)
    own = await stage.direct(PIA)
    [no] = to(own, await stage.says(PIA, own, "!pak 1"))
    assert "agenda" not in no
    assert (await stage.ticket()).assignee is None


@pytest.mark.parametrize("text", ["!status 1", "!antwoord 1 hallo", "!notitie 1 hallo", "!prioriteit 1 hoog"])
async def test_being_asked_gives_no_other_right(stage: Stage, asked: str, asked_wim: Said, text: str) -> None:
    said = await stage.says(WIM, OF_WIM, text)
    assert not to(asked, said)
    assert "agenda" not in str(to(OF_WIM, said))
    assert (await stage.ticket()).priority == "normal"


async def test_given_back_it_goes_home(stage: Stage, asked: str, asked_wim: Said) -> None:
    await stage.says(WIM, OF_WIM, "ja")
    said = await stage.says(WIM, WEST, "!loslaten 1")
    assert (await stage.ticket()).team_room == TEAM
    assert "iemand anders" in to(asked, said)[0]
    assert pinged([s for s in said if s.room == TEAM]) == [JORIS]


async def test_the_city_keeps_what_it_took_over(stage: Stage, asked: str) -> None:
    await stage.join(CITY, "@cato:test", "@coen:test")
    await nobody_answers(stage)
    _, said = await nobody_answers(stage)
    assert pinged(said) == ["@cato:test"]
    assert any("verhuisd naar het team van de hele stad" in words for words in to(TEAM, said))
    await stage.reacts("@cato:test", CITY, await stage.card(), "✋")
    said = await stage.says("@cato:test", CITY, "!loslaten 1")
    ticket = await stage.ticket()
    assert (ticket.team_room, ticket.suggested) == (CITY, ["@coen:test"])


async def test_a_deleted_question_is_taken_away_there_too(stage: Stage, asked: str, asked_wim: Said) -> None:
    root = (await stage.ticket()).root_event
    assert root is not None
    assert asked_wim.event_id in redacted(await stage.deletes(FATIMA, asked, root))


async def test_a_corrected_question_is_corrected_there_too(stage: Stage, asked: str, asked_wim: Said) -> None:
    root = (await stage.ticket()).root_event
    assert root is not None
    said = await stage.edits(FATIMA, asked, root, "Onze agenda van de keuken is ineens leeg")
    [corrected] = [s for s in said if s.room == OF_WIM]
    assert corrected.edits == asked_wim.event_id
    assert "Onze agenda van de keuken is ineens leeg" in corrected.body
    taken = redacted(await stage.deletes(FATIMA, asked, root))
    assert {asked_wim.event_id, corrected.event_id} <= set(taken)
