"""The account's folder: one unit, or a clear refusal."""

import json
from pathlib import Path

import aiohttp
import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.account import CREDENTIALS, STORE, Account, AccountError, Seeds
from helpdesk_bot.matrix.crypto import Crypto, Malformed, Undecryptable
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.sign_in import sign_in
from tests.conftest import NewAccount, NewPerson
from tests.matrix.bot import Bot
from tests.matrix.conftest import NewBot


async def opens(account: Account, homeserver: Homeserver) -> None:
    crypto = await Crypto.open(account, homeserver)
    await crypto.close()


def refused(folder: Path) -> str:
    with pytest.raises(AccountError) as caught:
        Account.load(folder)
    return caught.value.key


async def test_what_is_in_the_folder_is_private_and_complete(new_bot: NewBot) -> None:
    account = (await new_bot()).account
    assert {path.name for path in account.folder.iterdir()} >= {CREDENTIALS, STORE}
    assert (account.folder / CREDENTIALS).stat().st_mode & 0o777 == 0o600
    assert account.folder.stat().st_mode & 0o777 == 0o700
    assert Account.load(account.folder) == account
    assert account.access_token not in repr(account)
    assert account.seeds.master not in repr(account)


async def test_says_what_is_missing(new_bot: NewBot, tmp_path: Path) -> None:
    bot = await new_bot()
    folder = bot.account.folder
    await bot.crypto.close()
    assert refused(tmp_path / "nothing") == "account.not_signed_in"
    credentials = folder / CREDENTIALS
    whole = credentials.read_text()
    for broken in ("", "{", "[]", "{}", whole.replace("pickle_key", "key"), json.dumps({"seeds": 1})):
        credentials.write_text(broken)
        assert refused(folder) == "account.damaged"
    credentials.write_text(whole)
    (folder / STORE).unlink()
    assert refused(folder) == "account.store_missing"


async def test_one_process_at_a_time(new_bot: NewBot) -> None:
    bot = await new_bot()
    with pytest.raises(AccountError) as caught:
        await opens(bot.account, bot.homeserver)
    assert caught.value.key == "account.in_use"
    await bot.crypto.close()
    await opens(bot.account, bot.homeserver)


async def test_a_store_of_another_device_is_refused(new_bot: NewBot) -> None:
    bot, other = await new_bot(), await new_bot()
    for each in (bot, other):
        await each.crypto.close()
    (bot.account.store_path).write_bytes(other.account.store_path.read_bytes())
    with pytest.raises(AccountError) as caught:
        await opens(bot.account, bot.homeserver)
    assert caught.value.key == "account.store_of_other_device"


async def test_a_new_store_for_a_known_device_is_refused(new_bot: NewBot, tmp_path: Path) -> None:
    """With stock nio the upload of its keys fails for ever after this, and nobody can write to it."""
    bot = await new_bot()
    await bot.crypto.close()
    empty = Account.new(
        tmp_path, bot.account.homeserver, bot.user_id, bot.account.device_id, bot.account.access_token
    )
    with pytest.raises(AccountError) as caught:
        await opens(empty, bot.homeserver)
    assert caught.value.key == "account.device_has_other_keys"


async def test_a_token_that_ended_is_said(new_bot: NewBot) -> None:
    bot = await new_bot()
    await bot.crypto.close()
    await bot.homeserver.logout()
    with pytest.raises(AccountError) as caught:
        await opens(bot.account, bot.homeserver)
    assert caught.value.key == "account.token_refused"


async def test_a_token_of_another_device_is_said(new_bot: NewBot) -> None:
    bot, other = await new_bot(), await new_bot()
    await bot.crypto.close()
    with pytest.raises(AccountError) as caught:
        await opens(bot.account, other.homeserver)
    assert caught.value.key == "account.token_of_other_device"


async def test_a_homeserver_that_is_down_is_no_account_error(new_bot: NewBot) -> None:
    bot = await new_bot()
    await bot.crypto.close()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(MatrixError) as caught:
            await opens(bot.account, Homeserver("http://127.0.0.1:9", "token", session=session))
    assert caught.value.temporary
    await opens(bot.account, bot.homeserver)


async def test_a_wrong_password_leaves_nothing(
    synapse: Synapse, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("hulp")
    folder = tmp_path / "data" / "account"
    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(synapse.url, None, session=session)
        with pytest.raises(AccountError) as caught:
            await sign_in(folder, homeserver, user=account.localpart, password="wrong")
    assert caught.value.key == "account.password_refused"
    assert not folder.parent.exists()


async def test_a_sign_in_that_breaks_off_leaves_neither_folder_nor_device(
    synapse: Synapse, new_account: NewAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await new_account("hulp")
    folder = tmp_path / "account"

    async def fails(*_: object) -> None:
        raise MatrixError(500, "M_UNKNOWN", "")

    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(synapse.url, None, session=session)
        with monkeypatch.context() as patch:
            patch.setattr(Homeserver, "upload_signing_keys", fails)
            with pytest.raises(MatrixError):
                await sign_in(folder, homeserver, user=account.localpart, password="secret")
        assert not folder.with_name("account.new").exists()
        assert not folder.exists()
        ours = homeserver.signed_in(account.token)
        devices = (await ours.keys_query([account.user_id]))["device_keys"]
        assert devices == {account.user_id: {}}
        made = await sign_in(folder, homeserver, user=account.localpart, password="secret")
        assert Account.load(folder) == made


async def test_signing_in_with_a_token(synapse: Synapse, new_account: NewAccount, tmp_path: Path) -> None:
    account = await new_account("hulp")
    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(synapse.url, None, session=session)
        made = await sign_in(tmp_path / "account", homeserver, token=account.token)
        assert (made.user_id, made.device_id) == (account.user_id, account.device_id)
        with pytest.raises(AccountError) as caught:
            await sign_in(tmp_path / "again", homeserver, token=account.token)
        assert caught.value.key == "account.device_has_other_keys"
        assert not (tmp_path / "again").exists()
        with pytest.raises(AccountError) as caught:
            await sign_in(tmp_path / "again", homeserver, token="rubbish")
        assert caught.value.key == "account.token_refused"
        assert (await homeserver.signed_in(account.token).whoami())["user_id"] == account.user_id


async def test_somebody_elses_signing_keys_are_only_replaced_when_told(
    synapse: Synapse, new_bot: NewBot, tmp_path: Path
) -> None:
    bot = await new_bot()  # this account has keys now
    name = bot.user_id[1:].partition(":")[0]
    folder = tmp_path / "second" / "account"
    async with aiohttp.ClientSession() as session:
        homeserver = Homeserver(synapse.url, None, session=session)
        with pytest.raises(AccountError) as caught:
            await sign_in(folder, homeserver, user=name, password="secret")
        assert caught.value.key == "account.other_signing_keys"
        made = await sign_in(folder, homeserver, user=name, password="secret", reset_signing=True)
        async with Bot.on(synapse, folder) as second:
            assert await second.crypto.device_is_verified()
        assert not await bot.crypto.device_is_verified()
        assert made.seeds != bot.account.seeds


def test_credentials_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account.new(tmp_path, "https://x.org", "@hulp:x.org", "BOT", "token")
    account.save()
    before = (tmp_path / CREDENTIALS).read_text()

    def crash(*_: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError, match="power cut"):
        account.with_seeds(Seeds.new()).save()
    assert (tmp_path / CREDENTIALS).read_text() == before


async def test_a_new_device_reads_what_the_one_before_could(
    synapse: Synapse, new_account: NewAccount, new_person: NewPerson, tmp_path: Path
) -> None:
    """Without asking anybody: people's clients do not give keys to a device that comes later."""
    noor, account = await new_person("noor"), await new_account("hulp")
    folder = tmp_path / "account"
    async with Bot.on(synapse, folder, account.localpart) as bot:
        room = await noor.create_dm(bot.user_id)
        await bot.step()
        heard = await noor.send(room, "een")
        await bot.hears("een")
        unheard = await noor.send(room, "twee")
        events = [await bot.homeserver.event(room, event_id) for event_id in (heard, unheard)]
        old = bot.account

    async def reads(before: Account | None, event: dict[str, object]) -> object:
        async with aiohttp.ClientSession() as session:
            homeserver = Homeserver(synapse.url, None, session=session)
            made = await sign_in(
                tmp_path / "new",
                homeserver,
                user=account.localpart,
                password="secret",
                seeds=old.seeds,
                before=before,
            )
            crypto = await Crypto.open(made, homeserver.signed_in(made.access_token))
            try:
                return crypto.decrypt(room, event).content["body"]
            finally:
                await crypto.close()

    assert await reads(old, events[1]) == "twee"
    with pytest.raises(Undecryptable):
        await reads(None, events[1])
    with pytest.raises(Malformed):
        await reads(old, events[0] | {"event_id": "$played_back"})
