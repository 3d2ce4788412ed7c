"""Public holidays, looked up by a process of their own."""

import subprocess
import sys
from datetime import date

import pytest

from helpdesk_bot import public_holidays


def test_dutch_ones_by_name_in_both_languages() -> None:
    christmas = date(2026, 12, 25), date(2026, 12, 27)
    assert public_holidays.between("NL", *christmas, "nl") == {
        date(2026, 12, 25): "Eerste kerstdag",
        date(2026, 12, 26): "Tweede kerstdag",
    }
    assert public_holidays.between("NL", *christmas, "en")[date(2026, 12, 25)] == "Christmas Day"
    assert date(2027, 4, 27) in public_holidays.days("NL")
    assert date(2026, 12, 27) not in public_holidays.days("NL")


def test_none_of_no_country_and_a_clear_error_for_one_that_is_not_known() -> None:
    assert public_holidays.between(None, date(2026, 1, 1), date(2026, 12, 31), "nl") == {}
    assert not public_holidays.is_known("XX")
    with pytest.raises(KeyError):
        public_holidays.days("XX")


def test_the_helpdesk_itself_keeps_no_other_country_in_memory() -> None:
    code = (
        "import sys, helpdesk_bot.app; from helpdesk_bot import public_holidays; "
        "public_holidays.days('NL'); print('holidays' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.strip() == "False"
