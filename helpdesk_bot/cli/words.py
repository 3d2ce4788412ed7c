"""What the command line says about an account that can't be used: what is wrong, and what to do about it."""

from helpdesk_bot.errors import UserError

_ACCOUNT: dict[str, tuple[str, str]] = {
    "account.not_signed_in": (
        "The bot is not signed in: there is no account in {folder}.",
        "Run `helpdesk init`, or `helpdesk restore` if you have a backup.",
    ),
    "account.damaged": (
        "{file} is damaged.",
        "Restore a backup (`helpdesk restore`), or sign in as a new device (`helpdesk login`).",
    ),
    "account.store_missing": (
        "The store of keys {file} is missing; device {device} can't be used without it.",
        "Put it back from a backup (`helpdesk restore`). Without one: `helpdesk login` signs in as a new device; "
        "messages that came in while the bot was away may then stay unreadable.",
    ),
    "account.store_damaged": (
        "The store of keys {file} can't be read; device {device} can't be used without it.",
        "Put the whole account back from a backup (`helpdesk restore`). Without one: `helpdesk login` signs in as a "
        "new device; messages that came in while the bot was away may then stay unreadable.",
    ),
    "account.half_restored": (
        "A restore was broken off: the database and the account in {folder} may not belong together.",
        "Run `helpdesk restore` again, with this backup or another one: it finishes what was begun.",
    ),
    "account.in_use": (
        "Another process uses the account in {folder}.",
        "Stop the running helpdesk first (systemctl stop helpdesk).",
    ),
    "account.token_without_device": (
        "This access token belongs to no device.",
        "Sign in with the bot's password instead.",
    ),
    "account.other_signing_keys": (
        "{user} already has signing keys that this bot does not hold: somebody set them up in another client.",
        "If nobody needs those, run it again with --reset-signing: they are replaced.",
    ),
    "account.password_needed": (
        "The homeserver wants the password of {user} before it takes new signing keys.",
        "Set HELPDESK_BOT_PASSWORD_FILE to a file (mode 600) that holds it, and run it again.",
    ),
    "database.in_use": (
        "Another process runs a helpdesk on this database; two would say everything twice.",
        "Stop the running helpdesk first (systemctl stop helpdesk), on whichever machine it is. A second helpdesk needs "
        "a database of its own.",
    ),
    "database.folder": (
        "The database's folder {folder} is missing, or can't be written.",
        "Make it, and make the user that runs the bot its owner (chown).",
    ),
    "database.newer": (
        "The database is at step {step}, which this version does not know: a newer one made it.",
        "Install that version again, or restore a backup.",
    ),
    "account.token_refused": (
        "{homeserver} does not know the bot's token any more: it was signed out.",
        "Run `helpdesk login` to sign in as a new device. The database stays as it is.",
    ),
    "account.password_refused": (
        "The homeserver does not accept the name or the password of {user}.",
        "Check both; they are the ones of the bot's own account.",
    ),
    "account.store_of_other_device": (
        "The store of keys {file} belongs to another device.",
        "Restore the whole account from one backup, or sign in as a new device (`helpdesk login`).",
    ),
    "account.token_of_other_device": (
        "The token belongs to {user}, device {device}, and not to the account in the configuration.",
        "Correct `homeserver.user_id`, or sign in again (`helpdesk login`).",
    ),
    "account.device_has_other_keys": (
        "The homeserver has other keys for device {device} than the store here.",
        "Sign in as a new device (`helpdesk login`).",
    ),
}


def explained(error: UserError) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    what, remedy = _ACCOUNT.get(error.key, (error.key, "See the documentation."))
    return what.format(**error.params), remedy
