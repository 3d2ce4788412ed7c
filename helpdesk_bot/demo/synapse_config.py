"""The configuration of an embedded Synapse, written by ourselves: asking Synapse to make one costs another start."""

import base64
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# Wide enough that no test or story ever meets it.
_NO_LIMIT = {"per_second": 100_000, "burst_count": 100_000}
NO_LIMITS: dict[str, Any] = {
    **dict.fromkeys(
        (
            "rc_message",
            "rc_registration",
            "rc_registration_token_validity",
            "rc_admin_redaction",
            "rc_joins_per_room",
            "rc_key_requests",
            "rc_3pid_validation",
            "rc_third_party_invite",
            "rc_media_create",
            "rc_delayed_event_mgmt",
            "rc_room_creation",
            "rc_reports",
            "rc_user_directory",
            "rc_profile",
        ),
        _NO_LIMIT,
    ),
    "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _NO_LIMIT),
    "rc_joins": dict.fromkeys(("local", "remote"), _NO_LIMIT),
    "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _NO_LIMIT),
    "rc_presence": {"per_user": _NO_LIMIT},
}


@dataclass(frozen=True)
class Identity:
    """What makes a homeserver the same one after a restart. Kept in its folder."""

    server_name: str
    port: int
    shared_secret: str
    admin_password: str
    macaroon_secret: str
    form_secret: str

    @classmethod
    def of(cls, folder: Path) -> "Identity | None":
        """The identity of the server that lives in `folder`, if one does."""
        path = folder / "identity.json"
        return cls(**json.loads(path.read_text())) if path.exists() else None

    @classmethod
    def new(cls, server_name: str, port: int) -> "Identity":
        return cls(server_name, port, *(secrets.token_urlsafe(32) for _ in range(4)))

    def save(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / "identity.json", json.dumps(asdict(self), indent=1))
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if not (folder / "signing.key").exists():
            write_private(folder / "signing.key", f"ed25519 a_1 {key}\n")


def write_config(
    folder: Path,
    identity: Identity,
    port: int,
    *,
    default_limits: bool,
    listeners: Sequence[dict[str, Any]] = (),
    **extra: Any,
) -> Path:
    """Writes homeserver.yaml (JSON is YAML) and what it points at; `extra` goes over it.

    `listeners`: doors besides the one for clients on this machine.
    """
    log = {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {
                "class": "logging.FileHandler",
                "formatter": "plain",
                "filename": str(folder / "synapse.log"),
            }
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
        "disable_existing_loggers": False,
    }
    config = {
        "server_name": identity.server_name,
        "public_baseurl": f"http://localhost:{port}/",
        "listeners": [
            {
                "type": "http",
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            },
            *listeners,
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "signing_key_path": str(folder / "signing.key"),
        "media_store_path": str(folder / "media"),
        "pid_file": str(folder / "synapse.pid"),
        "log_config": str(folder / "log.yaml"),
        "registration_shared_secret": identity.shared_secret,
        "macaroon_secret_key": identity.macaroon_secret,
        "form_secret": identity.form_secret,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "report_stats": False,
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        "bcrypt_rounds": 4,
        # A client that starts again without a position must not get the answer of two minutes ago.
        "caches": {"sync_response_cache_duration": "0s"},
        **({} if default_limits else NO_LIMITS),
        **extra,
    }
    (folder / "log.yaml").write_text(json.dumps(log, indent=1))
    path = folder / "homeserver.yaml"
    write_private(path, json.dumps(config, indent=1))
    return path


def write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
