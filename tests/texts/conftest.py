from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk_bot.texts.catalogue import CATALOGUES, Catalogues
from helpdesk_bot.texts.render import Texts

# The words of the package may change; how they are shown may not. So these tests bring their own.
SHOWN = r"""
msgid "say.hello"
msgstr "Hallo **{name}**, je vraag is *binnen*."

msgid "say.blocks"
msgstr "# Kop {name}\n\nEerste\nregel met [onze site](https://example.org/a?b=1&c=2).\n\n- een\n- twee `!pak {name}`\n\n1. eerst\n2. dan"

msgid "say.quote"
msgstr "**{name}** schrijft:\n\n{text}\n\nTot zo."

msgid "say.both"
msgstr "{text} en {name}"

msgid "say.command"
msgstr "Schrijf `!pak {name}` of *{name}*."

msgid "say.linked"
msgstr "Zie [{name}](https://example.org)."

msgid "say.when"
msgstr "{when}"

msgid "say.count"
msgid_plural "say.count"
msgstr[0] "één vraag van {name}"
msgstr[1] "{n} vragen van {name}"

msgid "say.nothing"
msgstr "{name}"
"""


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """The package's building stones with the texts above, the same in both languages."""
    folder: Path = tmp_path_factory.mktemp("catalogues")
    for code in ("nl", "en"):
        real = (CATALOGUES / f"{code}.po").read_text(encoding="utf-8")
        (folder / f"{code}.po").write_text(real + SHOWN, encoding="utf-8")
    return Texts(Catalogues.load("nl", folder=folder))


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
