import json
import re
import ssl
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import jsonschema  # type: ignore[import-untyped]
import pytest
from asyncpg import connect  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from helpdesk_bot.config import Config, ConfigError, durations, load, schema
from helpdesk_bot.config.loading import _SECRET_KEY
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.storage.engine import Database
from tests.support.postgres import Postgres

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "config" / "amsterdam.example.yaml"
SMALL = """\
helpdesk:
  name: Helpdesk
homeserver:
  url: https://matrix.example.org
  user_id: "@helpdesk:example.org"
stadsdelen:
  - id: noord
    name: Noord
    aliases: [Amsterdam-Noord]
    team_room: "#team-noord:example.org"
  - id: oost
    name: Oost
    team_room: "#team-oost:example.org"
rooms:
  overflow: "!overflow:example.org"
  coordination: "#coordinatie:example.org"
"""


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BOT_PASSWORD", "ALARM_CHANNELS"):
        monkeypatch.delenv(f"HELPDESK_{name}", raising=False)
        monkeypatch.delenv(f"HELPDESK_{name}_FILE", raising=False)


def written(folder: Path, text: str) -> Path:
    path = folder / "helpdesk.yaml"
    path.write_text(dedent(text))
    return path


def complaints(folder: Path, text: str) -> list[str]:
    """What is wrong, as 'line:column what'."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert all(finding.remedy for finding in caught.value.findings)
    return [f"{found.line}:{found.column} {found.what}" for found in caught.value.findings]


class TestWhatIsThere:
    def test_the_example_is_right_and_has_the_whole_city(self) -> None:
        config = load(EXAMPLE)
        assert [part.id for part in config.stadsdelen] == [
            "centrum",
            "nieuw-west",
            "noord",
            "oost",
            "west",
            "zuid",
            "zuidoost",
            "weesp",
        ]

    def test_the_example_shows_the_defaults(self, tmp_path: Path) -> None:
        shown, default = load(EXAMPLE), load(written(tmp_path, SMALL))
        for section in (
            "asking",
            "finishing",
            "invites",
            "sending",
            "undecryptable",
            "retention",
            "panic",
            "web",
            "log",
        ):
            assert getattr(shown, section) == getattr(default, section)

    def test_the_schema_in_the_repository_is_current(self) -> None:
        assert (ROOT / "config" / "helpdesk.schema.json").read_text() == schema.text(), (
            "run `helpdesk schema -o …`"
        )

    def test_the_example_fits_the_schema(self) -> None:
        jsonschema.validate(YAML(typ="safe").load(EXAMPLE), json.loads(schema.text()))

    def test_only_what_is_needed_must_be_said(self, tmp_path: Path) -> None:
        config = load(written(tmp_path, SMALL))
        assert config.default_language == "nl"
        assert config.server_name == "example.org"
        assert config.invite_servers == {"example.org"}
        assert config.data_dir == (tmp_path.parent / "data").resolve()
        assert config.account_dir == config.data_dir / "account"
        assert config.database_url == f"sqlite+aiosqlite:///{config.data_dir}/helpdesk.db"
        assert config.source == tmp_path / "helpdesk.yaml"
        assert config.asking.overflow_after == timedelta(minutes=10)

    def test_paths_are_seen_from_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir("/")
        config = load(written(tmp_path, SMALL + "data_dir: here\ndatabase: {url: 'sqlite:///deep/x.db'}\n"))
        assert config.data_dir == tmp_path / "here"
        assert config.database_url == f"sqlite+aiosqlite:///{tmp_path}/deep/x.db"


class TestWhatIsWrong:
    def test_all_of_it_is_told_at_once_with_its_place(self, tmp_path: Path) -> None:
        text = SMALL.replace("name: Helpdesk\n", "nmae: Helpdesk\n  languages: nl\n").replace(
            "id: oost", "id: Oost"
        )
        assert complaints(tmp_path, text + "web: {port: '80'}\n") == [
            "1:1 helpdesk.name is missing",
            "2:3 helpdesk.nmae is not a setting",
            "3:14 helpdesk.languages must be a list",
            "12:9 stadsdelen[2].id is not a short name",
            "18:13 web.port must be a whole number",
        ]

    def test_a_typo_gets_a_suggestion(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="Did you mean `overflow_after`"):
            load(written(tmp_path, SMALL + "asking:\n  overflow_afer: 3m\n"))

    def test_a_key_twice(self, tmp_path: Path) -> None:
        text = SMALL + "log: {level: info}\nlog: {level: debug}\n"
        assert complaints(tmp_path, text) == ["18:1 'log' is here twice; the first is in line 17"]

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("#team-noord:example.org", "10:5 stadsdelen[1].team_room has no value"),
            ("!abc:example.org", "10:16 !abc:example.org is taken for a tag of YAML"),
            ("@team:example.org", "10:16 this is not YAML"),
            ('"team-noord"', "10:16 stadsdelen[1].team_room is not a room"),
        ],
    )
    def test_rooms_without_their_quotes(self, tmp_path: Path, value: str, said: str) -> None:
        assert complaints(tmp_path, SMALL.replace('"#team-noord:example.org"', value))[0].startswith(said)

    @pytest.mark.parametrize(
        ("change", "to", "said"),
        [
            ("id: oost", "id: noord", "11:9 stadsdelen[2].id noord is the id of Noord as well"),
            (
                "name: Oost",
                "name: amsterdam noord",
                "12:11 stadsdelen[2].name 'amsterdam noord' is a name of 'noord'",
            ),
            (
                "#team-oost:",
                "#team-noord:",
                "13:16 stadsdelen[2].team_room this room is used as stadsdelen.0.team_room",
            ),
        ],
    )
    def test_stadsdelen_that_get_in_each_others_way(
        self, tmp_path: Path, change: str, to: str, said: str
    ) -> None:
        assert complaints(tmp_path, SMALL.replace(change, to))[0].startswith(said)

    def test_the_end_comes_after_the_warning(self, tmp_path: Path) -> None:
        text = SMALL + "finishing:\n  warn_after: 2d\n"
        assert complaints(tmp_path, text) == ["18:15 finishing.warn_after must be longer than remind_after"]

    @pytest.mark.parametrize(
        ("topics", "said"),
        [
            ("- {id: energy, words: [zonnepaneel]}", "has no nl"),
            ("- {id: energy, name: {nl: energie}, words: [zonnepaneel]}", "has no en"),
            ("- {id: members, name: {nl: leden, en: members}, words: [ledenpas]}", "has a name already"),
            ("- {id: members}", "adds nothing to members"),
            ("- {id: other, words: [iets]}", "other is what no topic tells"),
            ("- {id: mail, words: [post]}\n  - {id: mail, words: [brief]}", "mail is here twice"),
            ("- {id: mail, words: [post, 'po*']}", "'po*' is too short"),
            ("- {id: mail, words: ['po*st']}", "'po*st' is too short, or has a * in the middle"),
            ("- {id: mail, word: [post]}", "topics[1].word is not a setting"),
            ("- {id: Mail, words: [post]}", "topics[1].id is not a short name"),
        ],
    )
    def test_topics(self, tmp_path: Path, topics: str, said: str) -> None:
        assert any(said in complaint for complaint in complaints(tmp_path, f"{SMALL}\ntopics:\n  {topics}\n"))

    def test_an_unknown_zone_and_a_strange_address(self, tmp_path: Path) -> None:
        text = SMALL.replace("https://matrix.example.org", "matrix.example.org")
        text = text.replace("name: Helpdesk\n", "name: Helpdesk\n  timezone: Europe/Diemen\n")
        assert complaints(tmp_path, text) == [
            "3:13 helpdesk.timezone is not a known time zone",
            "5:8 homeserver.url is not the address of a homeserver",
        ]

    @pytest.mark.parametrize("text", ["", "- a\n", "a: [1\n", "a: *b\n", "\tx: 1\n", "a: &b [*b]\n", "\x00"])
    def test_what_is_no_configuration_at_all(self, tmp_path: Path, text: str) -> None:
        assert complaints(tmp_path, text)

    def test_a_missing_file_and_one_that_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="helpdesk init"):
            load(tmp_path / "none.yaml")
        (tmp_path / "helpdesk.yaml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ConfigError, match="not UTF-8"):
            load(tmp_path / "helpdesk.yaml")

    @settings(deadline=None, max_examples=60)
    @given(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=5)
    )
    def test_no_value_anywhere_escapes(self, value: object) -> None:
        """Whatever stands in a place: it fits, or it is a finding; never another exception."""
        with TemporaryDirectory() as folder:
            for setting in ("data_dir", "web", "helpdesk", "stadsdelen", "log", "database"):
                lines = re.sub(rf"(?m)^{setting}:(.|\n )*\n", "", SMALL)
                with suppress(ConfigError):
                    load(written(Path(folder), f"{lines}{setting}: {json.dumps(value)}\n"))

    @settings(deadline=None, max_examples=60)
    @given(st.text(max_size=60))
    def test_no_text_at_all_escapes(self, text: str) -> None:
        with TemporaryDirectory() as folder, suppress(ConfigError):
            path = Path(folder) / "helpdesk.yaml"
            path.write_text(text, "utf-8", errors="replace")
            load(path)


class TestSecrets:
    def test_a_password_in_the_file_is_refused_and_not_repeated(self, tmp_path: Path) -> None:
        text = SMALL + 'database:\n  url: "postgresql://bot:hunter2@db/helpdesk"\n'
        with pytest.raises(ConfigError, match="HELPDESK_DATABASE_URL_FILE") as caught:
            load(written(tmp_path, text))
        assert "hunter2" not in str(caught.value)

    @pytest.mark.parametrize("key", ["password", "bot_password", "access_token", "wachtwoord", "api_key"])
    def test_a_key_for_a_secret_is_refused_and_not_repeated(self, tmp_path: Path, key: str) -> None:
        assert _SECRET_KEY.search(key)
        with pytest.raises(ConfigError, match="Secrets don't belong") as caught:
            load(written(tmp_path, SMALL + f"{key}: hunter2\n"))
        assert "hunter2" not in str(caught.value)

    def test_from_the_environment_or_a_file_that_it_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = tmp_path / "database-url"
        secret.write_text("postgresql://bot:hunter2@db/helpdesk\n")
        secret.chmod(0o600)
        monkeypatch.setenv("HELPDESK_DATABASE_URL_FILE", str(secret))
        monkeypatch.setenv("HELPDESK_BOT_PASSWORD", "hunter3")
        config = load(written(tmp_path, SMALL))
        assert config.database_url == "postgresql+asyncpg://bot:hunter2@db/helpdesk"
        assert config.bot_password is not None
        assert config.bot_password.get_secret_value() == "hunter3"
        assert "hunter" not in repr(config)
        assert "hunter" not in config.model_dump_json()

    @pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-full"])
    async def test_libpqs_word_for_encryption_is_understood(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres, mode: str
    ) -> None:
        monkeypatch.setenv("PGSSLROOTCERT", ssl.get_default_verify_paths().openssl_cafile)
        address = postgres.url("postgres").replace("+asyncpg", "")
        monkeypatch.setenv("HELPDESK_DATABASE_URL", f"{address}&sslmode={mode}")
        config = load(written(tmp_path, SMALL))
        assert make_url(config.database_url).query["ssl"] == mode
        db = Database(config.database_url)
        async with db.reading() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await db.close()

    @pytest.mark.parametrize(
        ("query", "said", "remedy"),
        [
            ("sslmod=require", "'sslmod' is not an option", "ssl, sslmode"),
            ("application_name=helpdesk", "'application_name' is not an option", "Take it out"),
            ("sslrootcert=ca.pem", "'sslrootcert' can't be part", "PGSSLROOTCERT"),
            ("sslmode=yes", "sslmode has an unknown value", "require"),
            ("ssl=true", "ssl has an unknown value", "require"),
            ("ssl=require&sslmode=disable", "both ssl and sslmode", "keep one"),
        ],
    )
    def test_an_option_that_the_driver_does_not_know(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, said: str, remedy: str
    ) -> None:
        monkeypatch.setenv("HELPDESK_DATABASE_URL", f"postgresql://bot:hunter2@db/helpdesk?{query}")
        with pytest.raises(ConfigError) as caught:
            load(written(tmp_path, SMALL))
        (found,) = caught.value.findings
        assert said in found.what
        assert remedy in found.remedy
        assert "hunter2" not in str(caught.value)

    def test_the_options_that_the_driver_knows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        query = "host=/run/pg&port=5433&ssl=require&user=bot&password=x&passfile=/pass"
        query += "&target_session_attrs=primary&prepared_statement_cache_size=0"
        monkeypatch.setenv("HELPDESK_DATABASE_URL", f"postgresql:///helpdesk?{query}")
        address = make_url(load(written(tmp_path, SMALL)).database_url)
        _, given_to_it = create_async_engine(address).dialect.create_connect_args(address)
        assert given_to_it.keys() - {"prepared_statement_cache_size"} <= signature(connect).parameters.keys()

    @pytest.mark.parametrize(
        ("mode", "content", "said"),
        [(0o644, "x", "others can read it"), (0o600, " \n", "is empty"), (None, "", "can't be read")],
    )
    def test_an_unsafe_or_useless_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None, content: str, said: str
    ) -> None:
        secret = tmp_path / "password"
        if mode is not None:
            secret.write_text(content)
            secret.chmod(mode)
        monkeypatch.setenv("HELPDESK_BOT_PASSWORD_FILE", str(secret))
        with pytest.raises(ConfigError, match=said):
            load(written(tmp_path, SMALL))

    def test_both_ways_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELPDESK_BOT_PASSWORD_FILE", "/nowhere")
        monkeypatch.setenv("HELPDESK_BOT_PASSWORD", "x")
        with pytest.raises(ConfigError, match="so is"):
            load(written(tmp_path, SMALL))


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("10m", timedelta(minutes=10)),
            ("14d", timedelta(days=14)),
            ("1h 30m", timedelta(minutes=90)),
            ("1H30M", timedelta(minutes=90)),
            ("2w", timedelta(weeks=2)),
            ("0s", timedelta()),
            ("PT10M", timedelta(minutes=10)),
            ("P1DT2H", timedelta(hours=26)),
            ("P2W", timedelta(weeks=2)),
        ],
    )
    def test_as_people_write_them(self, text: str, length: timedelta) -> None:
        assert durations.parse(text) == length

    @pytest.mark.parametrize(
        "text", ["", "10", "m", "ten minutes", "-5m", "1.5h", "P", "PT", "P1DT", "9999999d"]
    )
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"length of time|longer"):
            durations.parse(text)

    @given(st.integers(0, 300_000_000))
    def test_written_and_read_again(self, seconds: int) -> None:
        length = timedelta(seconds=seconds)
        assert durations.parse(durations.write(length)) == length

    def test_dumped_as_they_are_written(self, tmp_path: Path) -> None:
        dumped = load(written(tmp_path, SMALL)).model_dump(mode="json")
        assert dumped["finishing"]["reopen_within"] == "2w"
        assert Config.model_validate({**dumped, "data_dir": "/x"}).finishing.reopen_within == timedelta(
            days=14
        )


class TestOpeningHours:
    def test_without_a_word_about_it_office_hours_and_dutch_holidays(self, tmp_path: Path) -> None:
        hours = load(written(tmp_path, SMALL)).hours("noord")
        opens = [hours.opens(datetime(2026, 4, day, 10, tzinfo=UTC)).day for day in (24, 25, 27, 28)]
        assert opens == [24, 28, 28, 28]  # a Friday, a weekend, King's Day on a Monday

    def test_a_stadsdeel_says_only_what_is_different(self, tmp_path: Path) -> None:
        text = SMALL + "opening_hours: {monday: 10:00-12:00, holidays: false, closed_on: [2026-11-24]}\n"
        text = text.replace(
            "    name: Oost\n", "    name: Oost\n    opening_hours: {monday: [], saturday: '9.30 - 12:00'}\n"
        )
        config = load(written(tmp_path, text))
        monday = datetime(2026, 11, 23, 5, tzinfo=UTC)
        assert config.hours("noord").opens(monday) == monday.replace(hour=9)
        assert config.hours("oost").opens(monday) == datetime(2026, 11, 25, 8, tzinfo=UTC)
        assert config.hours("oost").day_ends(date(2026, 11, 28)) == datetime(2026, 11, 28, 11, tzinfo=UTC)
        assert config.hours(None).is_open(datetime(2026, 4, 27, 9, tzinfo=UTC))

    def test_open_on_a_holiday(self, tmp_path: Path) -> None:
        config = load(written(tmp_path, SMALL + "opening_hours: {open_on: [2026-12-25]}\n"))
        assert config.hours(None).is_open(datetime(2026, 12, 25, 9, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ("  monday: 17:00-09:00", "18:11 opening_hours.monday has a time that ends before it begins"),
            ("  monday: 22:00-24:30", "18:11 opening_hours.monday has a time that ends before it begins"),
            ("  monday: nine to five", "18:11 opening_hours.monday is not a time such as 09:00-17:00"),
            ("  monday: [09:00-12:00, 11:59-17:00]", "18:11 opening_hours.monday has times that overlap"),
            ("  monday: {from: 9}", "18:11 opening_hours.monday is not a time such as 09:00-17:00"),
            ("  holidays: Nederland", "18:13 opening_hours.holidays is not a country"),
            ("  closed_on: [24-12-2026]", "18:14 opening_hours.closed_on has something that is not a day"),
            (
                "  closed_on: [2026-12-25]\n  open_on: [2026-12-25]",
                "19:12 opening_hours.open_on 2026-12-25 is in",
            ),
            ("  mondag: 09:00-17:00", "18:3 opening_hours.mondag is not a setting"),
            (
                "".join(f"  {day}: []\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
                "18:3 opening_hours is never open",
            ),
            (
                "".join(f"  {day}: []\n" for day in ("monday", "tuesday", "wednesday", "thursday"))
                + "  friday: 10:00-12:00\n",
                "18:3 opening_hours is too little for what is promised (20d of working time)",
            ),
        ],
    )
    def test_what_makes_no_sense(self, tmp_path: Path, lines: str, said: str) -> None:
        found = complaints(tmp_path, f"{SMALL}opening_hours:\n{lines}\n")
        assert len(found) == 1
        assert found[0].startswith(said)

    def test_what_is_promised(self, tmp_path: Path) -> None:
        text = SMALL + "targets:\n  normal: {claim: 1d 4h, answer: 2d, solve: 5d}\n"
        target = load(written(tmp_path, text)).targets.of(Priority.NORMAL)
        assert target.claim == timedelta(hours=12)
        assert target.solve == timedelta(hours=40)

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            (
                "{claim: 1w, answer: 2d, solve: 5d}",
                "18:19 targets.normal.claim is not a length of working time",
            ),
            ("{claim: 0m, answer: 2d, solve: 5d}", "18:19 targets.normal.claim is not something to promise"),
            (
                "{claim: 4, answer: 2d, solve: 5d}",
                "18:19 targets.normal.claim is not a length of working time",
            ),
            (
                "{claim: 4h, answer: 2h, solve: 5d}",
                "18:31 targets.normal.answer must not be shorter than claim",
            ),
            ("{claim: 4h, answer: 4h}", "18:3 targets.normal.solve is missing"),
        ],
    )
    def test_a_promise_that_makes_no_sense(self, tmp_path: Path, target: str, said: str) -> None:
        [found] = complaints(tmp_path, f"{SMALL}targets:\n  normal: {target}\n")
        assert found.startswith(said)

    @given(st.integers(1, 3_000))
    def test_working_time_written_and_read_again(self, minutes: int) -> None:
        length = timedelta(minutes=minutes)
        assert durations.parse_work(durations.write_work(length)) == length
