"""The account's own signature on its device: what makes clients show no shield, and 'exclude insecure devices' work.

master signs self-signing and user-signing, self-signing signs the device, the device signs master. The private halves
are made with the account and saved before anything is uploaded, so that a start that broke off can be finished.
"""

import base64
import json
from dataclasses import dataclass

import vodozemac
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from helpdesk_bot.matrix.account import Account, AccountError, Seeds
from helpdesk_bot.matrix.http import Homeserver, Json, MatrixError
from helpdesk_bot.matrix.incoming import as_dict

_UNAUTHORIZED = 401


class SigningKey:
    """One of the three."""

    def __init__(self, usage: str, seed: str) -> None:
        self.usage = usage
        private = ECC.construct(curve="Ed25519", seed=bytes.fromhex(seed))
        self._signer = eddsa.new(private, "rfc8032")
        self.public = _base64(private.public_key().export_key(format="raw"))

    def described(self, user_id: str) -> Json:
        return {"user_id": user_id, "usage": [self.usage], "keys": {f"ed25519:{self.public}": self.public}}

    def sign(self, user_id: str, value: Json) -> Json:
        """`value` with this key's signature added."""
        signature = _base64(self._signer.sign(canonical(value)))
        signatures = {user: dict(theirs) for user, theirs in value.get("signatures", {}).items()}
        signatures.setdefault(user_id, {})[f"ed25519:{self.public}"] = signature
        return value | {"signatures": signatures}


class CrossSigning:
    def __init__(self, user_id: str, seeds: Seeds) -> None:
        self.user_id = user_id
        self.master = SigningKey("master", seeds.master)
        self.self_signing = SigningKey("self_signing", seeds.self_signing)
        self.user_signing = SigningKey("user_signing", seeds.user_signing)

    def upload(self) -> Json:
        return {
            "master_key": self.master.described(self.user_id),
            "self_signing_key": self.master.sign(self.user_id, self.self_signing.described(self.user_id)),
            "user_signing_key": self.master.sign(self.user_id, self.user_signing.described(self.user_id)),
        }


@dataclass(frozen=True)
class Standing:
    """What the homeserver shows of an account's keys."""

    master: Json | None
    self_signing: Json | None
    user_signing: Json | None
    device: Json | None

    def device_is_signed(self, user_id: str, device_id: str) -> bool:
        """Whether the chain holds: master → self-signing → device."""
        if not self.master or not self.self_signing or not self.device:
            return False
        master, self_signing = _only_key(self.master), _only_key(self.self_signing)
        return (
            master is not None
            and self_signing is not None
            and self.device.get("device_id") == device_id
            and signature_holds(self.self_signing, user_id, master)
            and signature_holds(self.device, user_id, self_signing)
        )


async def standing(homeserver: Homeserver, user_id: str, device_id: str) -> Standing:
    return _standing(await homeserver.keys_query([user_id]), user_id, device_id)


def _standing(answer: Json, user_id: str, device_id: str) -> Standing:
    def part(name: str, *path: str) -> Json | None:
        value: object = answer.get(name)
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else None

    return Standing(
        master=part("master_keys", user_id),
        self_signing=part("self_signing_keys", user_id),
        user_signing=part("user_signing_keys", user_id),
        device=part("device_keys", user_id, device_id),
    )


@dataclass(frozen=True)
class Signed:
    """A master key, and the ed25519 keys of the devices that it has signed. `all_devices`: there are no others."""

    master: str
    devices: frozenset[str]
    all_devices: bool


def signed_by_master(answer: Json, user_id: str) -> Signed | None:
    """What somebody's master key has signed, in an answer to a question for keys; None without a master key."""
    listed = as_dict(as_dict(answer.get("device_keys")).get(user_id))
    master = _only_key(as_dict(as_dict(answer.get("master_keys")).get(user_id)))
    if master is None:
        return None
    signed = {id_ for id_ in listed if _standing(answer, user_id, id_).device_is_signed(user_id, id_)}
    keys = (as_dict(as_dict(listed[id_]).get("keys")).get(f"ed25519:{id_}") for id_ in signed)
    return Signed(
        master,
        frozenset(key for key in keys if isinstance(key, str)),
        all_devices=signed == listed.keys(),
    )


async def device_is_verified(account: Account, homeserver: Homeserver) -> bool:
    """Whether everybody can see that the account vouches for this device. Needs no store of keys."""
    shown = await standing(homeserver, account.user_id, account.device_id)
    ours = CrossSigning(account.user_id, account.seeds)
    is_ours = shown.master is not None and _only_key(shown.master) == ours.master.public
    return is_ours and shown.device_is_signed(account.user_id, account.device_id)


async def ensure_signed(
    account: Account,
    homeserver: Homeserver,
    device_keys: Json,
    sign_with_device: "DeviceSigner",
    *,
    password: str | None = None,
    reset: bool = False,
) -> None:
    """Makes the chain whole, doing only what is missing. `reset` replaces somebody else's keys by ours."""
    user_id, device_id = account.user_id, account.device_id
    ours = CrossSigning(user_id, account.seeds)
    shown = await standing(homeserver, user_id, device_id)
    if shown.master and _only_key(shown.master) != ours.master.public and not reset:
        raise AccountError("account.other_signing_keys", user=user_id)
    whole = all(
        key is not None and _only_key(key) == mine.public
        for key, mine in (
            (shown.master, ours.master),
            (shown.self_signing, ours.self_signing),
            (shown.user_signing, ours.user_signing),
        )
    )
    if not whole:
        await _upload(homeserver, user_id, ours.upload(), password)
        shown = await standing(homeserver, user_id, device_id)
    new: Json = {}
    if not shown.device_is_signed(user_id, device_id):
        signed = ours.self_signing.sign(user_id, _bare(device_keys))
        new[device_id] = signed
    if not shown.master or not sign_with_device.has_signed(shown.master):
        new[ours.master.public] = sign_with_device(_bare(shown.master or ours.master.described(user_id)))
    if new:
        answer = await homeserver.upload_signatures({user_id: new})
        if answer.get("failures"):
            raise MatrixError(200, "BAD_ANSWER", "the homeserver did not take the signatures")


class DeviceSigner:
    """The device's own key, as far as it is needed here."""

    def __init__(self, user_id: str, device_id: str, account: vodozemac.Account) -> None:
        self._user_id = user_id
        self._key_id = f"ed25519:{device_id}"
        self._account = account

    def __call__(self, value: Json) -> Json:
        signature = self._account.sign(canonical(value)).to_base64()
        return value | {"signatures": {self._user_id: {self._key_id: signature}}}

    def has_signed(self, value: Json) -> bool:
        return _signature(value, self._user_id, self._key_id) == _signature(
            self(_bare(value)), self._user_id, self._key_id
        )


def signature_holds(value: Json, user_id: str, key: str) -> bool:
    """Whether `key` (public, of `user_id`) signed `value`."""
    signature = _signature(value, user_id, f"ed25519:{key}")
    if signature is None:
        return False
    try:
        public = vodozemac.Ed25519PublicKey.from_base64(key)
        public.verify_signature(canonical(value), vodozemac.Ed25519Signature.from_base64(signature))
    except ValueError:
        return False
    return True


def canonical(value: Json) -> bytes:
    """The bytes that are signed: without signatures, sorted, without spaces."""
    text = json.dumps(_bare(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


async def _upload(homeserver: Homeserver, user_id: str, keys: Json, password: str | None) -> None:
    try:
        await homeserver.upload_signing_keys(keys)
    except MatrixError as error:
        session = error.details.get("session")
        if error.status != _UNAUTHORIZED or not isinstance(session, str):
            raise
        if not password:
            raise AccountError("account.password_needed", user=user_id) from None
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            "session": session,
        }
        await homeserver.upload_signing_keys(keys | {"auth": auth})


def _bare(value: Json) -> Json:
    return {name: part for name, part in value.items() if name not in ("signatures", "unsigned")}


def _only_key(described: Json) -> str | None:
    keys = described.get("keys")
    if not isinstance(keys, dict) or len(keys) != 1:
        return None
    key = next(iter(keys.values()))
    return key if isinstance(key, str) else None


def _signature(value: Json, user_id: str, key_id: str) -> str | None:
    found: object = value.get("signatures")
    for step in (user_id, key_id):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
