from helpdesk_bot.cli.checks.rotas import not_there
from tests.conversation.conftest import JORIS, SANNE, WIM
from tests.conversation.duty import KIM, NOORD, WHOLE_CITY, on_duty


def test_who_stands_in_a_rota_and_is_in_no_room_of_it() -> None:
    config = on_duty(NOORD, WHOLE_CITY)
    noord, city = "!team-noord:test", "!team-stad:test"
    rows = not_there(config, {noord: {SANNE}, city: {KIM}, "!team-west:test": {WIM}})
    assert [(row.level, row.subject) for row in rows] == [("warning", "noord: rota")]
    assert JORIS in rows[0].what
    assert not_there(config, {}) == []  # nothing could be read
    assert len(not_there(config, {city: set()})) == 2
