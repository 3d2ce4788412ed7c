import aiohttp
import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.cross_signing import device_is_verified
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.registration import register
from helpdesk_bot.matrix.room_check import RoomFacts
from tests.cli.conftest import Host
from tests.conftest import NewAccount


async def test_twice_is_once(host: Host, new_account: NewAccount) -> None:
    boss = await new_account("boss")
    first = await host.sets_up("--invite", boss.user_id)
    assert first.status == 0, first.text
    written = host.file.read_text()
    config = host.config
    account = Account.load(config.account_dir)
    async with aiohttp.ClientSession() as http:
        homeserver = Homeserver(config.homeserver.url, account.access_token, session=http)
        assert await device_is_verified(account, homeserver)
        rooms = await homeserver.joined_rooms()
        assert len(rooms) == 6
        part = config.stadsdelen[0]
        assert {part.help_room, part.team_room, *config.rooms.model_dump().values()} == set(rooms)
        team = RoomFacts.of(await homeserver.full_state(part.team_room))
        assert team.name == "Team Noord"
        assert team.members[boss.user_id] == "invite"
        assert team.power(boss.user_id) == 100
        assert (await homeserver.profile(account.user_id))["displayname"] == "Hulp"

        again = await host.helpdesk("init", "--yes")
        assert again.status == 0, again.text
        assert "made" not in again.text
        assert host.file.read_text() == written
        assert await homeserver.joined_rooms() == rooms
        assert Account.load(config.account_dir) == account


async def test_it_finishes_what_was_broken_off(host: Host) -> None:
    assert (await host.sets_up()).status == 0
    before = host.config
    assert before.rooms.space
    # As if it had ended before the last rooms: they stand in the file by their names only.
    text = host.file.read_text()
    localpart = host.bot.localpart
    for room, name in ((before.rooms.trainers, "trainers"), (before.stadsdelen[0].help_room, "hulp-noord")):
        assert room
        text = text.replace(room, f"#{name}-{localpart}:{host.synapse.server_name}")
    host.file.write_text(text)
    assert (await host.helpdesk("init", "--yes")).status == 0
    assert host.config == before


async def test_the_same_command_again_goes_on(host: Host) -> None:
    city = ("--city", str(host.folder / "city.yaml"))
    assert (await host.sets_up()).status == 0
    written = host.file.read_text()
    again = await host.helpdesk("init", *city, "--stadsdeel", "Noord", "--yes")
    assert again.status == 0, again.text
    assert "going on with it as it is" in again.text
    assert host.file.read_text() == written
    more = await host.helpdesk("init", *city, "--stadsdeel", "Zuid", "--yes")
    assert more.status == 1
    assert "without Zuid" in more.text
    assert host.file.read_text() == written


async def test_a_room_that_somebody_else_made(host: Host, new_account: NewAccount) -> None:
    boss = await new_account("boss")
    alias = f"#team-noord-{host.bot.localpart}:{host.synapse.server_name}"
    async with aiohttp.ClientSession() as http:
        room_id = await Homeserver(host.synapse.url, boss.token, session=http).create_room(
            preset="private_chat",
            room_alias_name=alias[1:].partition(":")[0],
            invite=[host.bot.user_id],
            room_version="11",
            initial_state=[
                {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}}
            ],
            power_level_content_override={"users": {boss.user_id: 100, host.bot.user_id: 100}},
        )
    refused = await host.sets_up()
    assert refused.status == 1
    assert f"{boss.user_id} has power 100" in refused.text
    assert f"--adopt '{alias}'" in refused.text
    assert host.config.stadsdelen[0].team_room == alias

    declined = await host.helpdesk("init", said="n\n")
    assert declined.status == 1
    assert "Is this the right room" in declined.text
    assert host.config.stadsdelen[0].team_room == alias

    taken = await host.helpdesk("init", "--yes", "--adopt", alias)
    assert taken.status == 0, taken.text
    assert host.config.stadsdelen[0].team_room == room_id


async def test_by_questions(host: Host) -> None:
    names = f"Noord {host.bot.localpart}, Zuid {host.bot.localpart}"
    said = f"{names}\nHulp\n{host.synapse.url}\n{host.bot.user_id}\n{host.bot.password}\n"
    answer = await host.helpdesk("init", said=said)
    # The rooms of the city may belong to another test's helpdesk by now: those are not taken.
    assert "Which stadsdelen" in answer.text
    assert [part.id for part in host.config.stadsdelen] == [
        f"noord-{host.bot.localpart}",
        f"zuid-{host.bot.localpart}",
    ]
    assert host.config.helpdesk.name == "Hulp"
    assert f"made #team-noord-{host.bot.localpart}" in answer.text
    assert host.bot.password not in answer.text


async def test_without_answers_it_says_which_flags_are_missing(host: Host) -> None:
    answer = await host.helpdesk("init", "--yes")
    assert answer.status == 1
    assert "--stadsdeel" in answer.text
    answer = await host.helpdesk("init", "--yes", "--stadsdeel", "Noord")
    assert "--homeserver, --user" in answer.text
    assert not host.file.exists()


async def test_a_wrong_password_leaves_nothing_but_the_file(host: Host) -> None:
    host.secret("password", "wrong")
    answer = await host.helpdesk(
        "init",
        *("--yes", "--stadsdeel", "Noord", "--name", "X", "--homeserver", host.synapse.url),
        *("--user", host.bot.user_id, "--password-file", host.secret("password", "wrong")),
    )
    assert answer.status == 78
    assert "does not accept the name or the password" in answer.text
    assert not (host.folder / "data" / "account").exists()


@pytest.mark.parametrize("made", [True, False])
async def test_making_the_account_was_broken_off(host: Host, made: bool) -> None:
    """Before the homeserver had the request, or after it: the answer was lost."""
    synapse = host.synapse
    name = f"nieuw{host.bot.localpart}{made}".lower()
    password = host.file.parent / "secrets" / "bot-password"
    password.parent.mkdir(parents=True)
    password.write_text("kept-from-before\n")
    password.chmod(0o600)
    secret = host.secret("secret", synapse.shared_secret)
    if made:
        async with aiohttp.ClientSession() as http:
            await register(http, synapse.url, synapse.shared_secret, name, "kept-from-before")
    answer = await host.helpdesk(
        "init",
        *("--yes", "--stadsdeel", f"Noord {name}", "--name", "X", "--homeserver", synapse.url),
        *("--user", synapse.user_id(name), "--register-shared-secret-file", secret),
    )
    assert f"Signed in as {synapse.user_id(name)}" in answer.text, answer.text
    assert ("Made the account" in answer.text) is not made
    assert password.read_text().strip() == "kept-from-before"


async def test_an_account_that_is_there_needs_its_own_password(host: Host) -> None:
    secret = host.secret("secret", host.synapse.shared_secret)
    answer = await host.helpdesk(
        "init",
        *("--yes", "--stadsdeel", "Noord", "--name", "X", "--homeserver", host.synapse.url),
        *("--user", host.bot.user_id, "--register-shared-secret-file", secret),
    )
    assert answer.status == 1
    assert "There is already an account" in answer.text
    assert not (host.file.parent / "secrets" / "bot-password").exists()


async def test_from_nothing_on_a_server_with_its_usual_limits(limited_synapse: Synapse, host: Host) -> None:
    """Twenty rooms at once would take a quarter of an hour; an administrator's token lifts that."""
    admin = await limited_synapse.admin()
    bot = limited_synapse.user_id("helpdesk")
    answer = await host.helpdesk(
        "init",
        *(
            "--city",
            "config/amsterdam.example.yaml",
            "--homeserver",
            limited_synapse.url,
            "--user",
            bot,
            "--yes",
        ),
        *("--register-shared-secret-file", host.secret("secret", limited_synapse.shared_secret)),
        *("--admin-token-file", host.secret("admin", admin.token), "--name", "Hulp"),
    )
    assert answer.status == 0, answer.text
    assert len(host.config.stadsdelen) == 8
    assert answer.text.count("· made #") == 20
    password = host.file.parent / "secrets" / "bot-password"
    assert password.stat().st_mode & 0o777 == 0o600
    assert password.read_text().strip() not in answer.text

    checked = await host.helpdesk("check", "--quiet", "--admin-token-file", str(host.folder / "admin"))
    assert checked.status == 0, checked.text
    assert "0 errors" in checked.text
    assert "rate limits" not in checked.text

    moved = await host.helpdesk("login", "--yes")
    assert moved.status == 0, moved.text
    assert (await host.helpdesk("check")).status == 0
