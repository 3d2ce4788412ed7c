"""Traps of matrix-nio around what it keeps: keys that run out, or are lost with a process or a file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import nio
import pytest
import vodozemac
from nio.crypto.sessions import OlmAccount

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix.account import Account, AccountError
from helpdesk_bot.matrix.crypto import Crypto
from tests.conftest import NewAccount
from tests.matrix.conftest import NewBot
from tests.matrix.device import Device
from tests.matrix.stock import USER, stock, sync, takes
from tests.matrix.traps import NOOR, ROOM, known_to, stock_key


async def test_a_count_of_zero_is_taken_for_not_known(alone: Crypto, tmp_path: Path) -> None:
    answer = sync(device_one_time_keys_count={"signed_curve25519": 0})
    async with stock(tmp_path / "stock") as client:
        assert client.olm
        client.olm.account.shared = True
        await takes(client, answer)
        assert not client.should_upload_keys
    await alone.receive(answer)
    assert alone._keys.due
    await alone.settled()


async def test_keys_are_published_before_they_are_saved(tmp_path: Path, new_bot: NewBot) -> None:
    """Killed between the two, nio has keys at the homeserver that it can't open, under names it will use again."""
    folder = tmp_path / "stock"
    async with stock(folder) as client:
        assert client.olm
        published = client.olm.share_keys()["one_time_keys"]
    async with stock(folder) as client:
        assert client.olm
        again = client.olm.share_keys()["one_time_keys"]
    assert set(published) == set(again)
    assert published != again
    bot = await new_bot()
    keys = bot.crypto._keys
    keys.learn({"signed_curve25519": 0}, None)
    prepared = keys._prepared(device=False)
    assert len(prepared["one_time_keys"]) == 50
    await bot.crypto.close()
    crypto = await Crypto.open(bot.account, bot.homeserver)
    try:
        assert crypto._engine.unpublished_one_time_keys() == prepared["one_time_keys"]
    finally:
        await crypto.close()


async def test_a_kill_between_two_writes_loses_the_room_key(
    alone: Crypto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one-to-one session has moved on, the key that its message brought is not saved."""

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    noor = Device(NOOR, "PHONE")
    folder = tmp_path / "stock"
    async with stock(folder) as client:
        assert client.olm
        await takes(client, sync([await stock_key(client, noor)]))  # a session that both have
        noor.megolm = vodozemac.GroupSession()
        curve25519 = client.olm.account.identity_keys["curve25519"]
        ed25519 = client.olm.account.identity_keys["ed25519"]
        payload = noor.payload(USER, ed25519, "m.room_key", noor.room_key(ROOM))
        content = noor.sealed(noor.sessions[0], curve25519, payload)
        event = {"type": "m.room.encrypted", "sender": NOOR, "content": content}
        monkeypatch.setattr(client.olm, "create_group_session", killed)
        with pytest.raises(KeyboardInterrupt):
            await takes(client, sync([event]))
    async with stock(folder) as client:
        await takes(client, sync([event]))
        assert client.olm
        assert client.olm.inbound_group_store.get(ROOM, noor.curve25519, noor.megolm.session_id) is None
    noor = Device(NOOR, "PHONE")
    event = await known_to(alone, noor)
    alone._engine.save_account()
    with monkeypatch.context() as patch:
        patch.setattr("helpdesk_bot.matrix.crypto_store.CryptoStore.add_room_key", killed)
        with pytest.raises(KeyboardInterrupt):
            await alone.receive(sync([event]))
    assert await alone.receive(sync([event])) == {noor.megolm.session_id}


async def test_a_lost_store_is_made_anew_in_silence(
    synapse: Synapse, new_account: NewAccount, new_bot: NewBot, tmp_path: Path
) -> None:
    account = await new_account("hulp")
    answers = []
    for folder in ("first", "second"):  # the same device, with its store lost
        who = (synapse.url, account.user_id, account.device_id, account.token)
        async with stock(tmp_path / folder, *who) as client:
            answers.append(await client.keys_upload())
    assert isinstance(answers[0], nio.KeysUploadResponse)
    bot = await new_bot()
    await bot.crypto.close()
    bot.account.store_path.unlink()
    with pytest.raises(AccountError) as caught:
        Account.load(bot.account.folder)
    assert caught.value.key == "account.store_missing"


def sealed_account(store: Path) -> bytes:
    """What somebody reads who has nothing but the file."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as file:
        [(sealed,)] = file.execute("SELECT account FROM accounts")
    return bytes(sealed)


async def test_the_key_to_the_store_is_the_same_for_everybody(alone: Crypto, tmp_path: Path) -> None:
    async with stock(tmp_path / "stock") as client:
        assert client.olm
        identity = client.olm.account.identity_keys
    [store] = (tmp_path / "stock").glob("*.db")
    assert OlmAccount.from_pickle(sealed_account(store), "DEFAULT_KEY").identity_keys == identity
    sealed, account = sealed_account(alone.account.store_path), alone.account
    with pytest.raises(vodozemac.LibolmPickleException):
        OlmAccount.from_pickle(sealed, "DEFAULT_KEY")
    opened = OlmAccount.from_pickle(sealed, account.pickle_key)
    assert opened.identity_keys["ed25519"] == alone.identity
    other = Account.new(tmp_path, account.homeserver, account.user_id, account.device_id, "token")
    assert len({account.pickle_key, other.pickle_key, "DEFAULT_KEY"}) == 3
    assert len(other.pickle_key) >= 32
