"""`helpdesk init`: from nothing to a helpdesk that only has to be started. Again, it finishes what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.prompt import Confirm, Prompt
from rich.status import Status

from helpdesk_bot import app
from helpdesk_bot import config as configuration
from helpdesk_bot.cli import rooms, secret_input, sign_in
from helpdesk_bot.cli.draft import Draft, slug
from helpdesk_bot.cli.output import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    Result,
    out,
    run_async,
    say,
    show,
    speaking,
)
from helpdesk_bot.config import Config
from helpdesk_bot.errors import UserError
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.provision import Provisioner
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.texts.render import Texts

_EXAMPLE_SERVERS = ("example.org", "example.com")


@dataclass(slots=True)
class Wishes:
    """What the host asked for by flags; the rest is asked, or was chosen before."""

    city: Path | None = None
    stadsdelen: list[str] = field(default_factory=list)
    name: str | None = None
    homeserver: str | None = None
    user: str | None = None
    data_dir: str | None = None
    password_file: Path | None = None
    shared_secret_file: Path | None = None
    admin_token_file: Path | None = None
    invite: list[str] = field(default_factory=list)
    adopt: list[str] = field(default_factory=list)
    reset_signing: bool = False
    ask: bool = True


def init(
    config: ConfigOption = DEFAULT_CONFIG,
    city: Annotated[
        Path | None, typer.Option(help="Start from this example, such as config/amsterdam.example.yaml.")
    ] = None,
    stadsdeel: Annotated[
        list[str] | None, typer.Option(help="A stadsdeel's name; give it once for each.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The helpdesk's name, which people see.")] = None,
    homeserver: Annotated[str | None, typer.Option(help="The homeserver's address, https://….")] = None,
    user: Annotated[str | None, typer.Option(help="The bot's account, @helpdesk:example.org.")] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="The bot's own folder, seen from the configuration's.")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="A file (mode 600) with the account's password.")
    ] = None,
    register_shared_secret_file: Annotated[
        Path | None, typer.Option(help="A file with Synapse's registration_shared_secret: makes the account.")
    ] = None,
    admin_token_file: Annotated[
        Path | None,
        typer.Option(help="A file with an administrator's access token: lifts the bot's rate limits."),
    ] = None,
    invite: Annotated[
        list[str] | None, typer.Option(help="Invite this person everywhere, as administrator.")
    ] = None,
    adopt: Annotated[
        list[str] | None,
        typer.Option(
            help="Take this room (an alias) though others made it, with whoever rules it and is in it."
        ),
    ] = None,
    reset_signing: Annotated[
        bool, typer.Option("--reset-signing", help="Replace signing keys that another client made.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Set up: sign the bot in, make or adopt the rooms, write the configuration. Safe to repeat."""
    wishes = Wishes(
        city=city,
        stadsdelen=stadsdeel or [],
        name=name,
        homeserver=homeserver,
        user=user,
        data_dir=data_dir,
        password_file=password_file,
        shared_secret_file=register_shared_secret_file,
        admin_token_file=admin_token_file,
        invite=invite or [],
        adopt=adopt or [],
        reset_signing=reset_signing,
        ask=not yes,
    )
    results: list[Result] = []
    with speaking():
        draft = _draft(config, wishes)
        settings = _answered(draft, wishes)
    run_async(_set_up(draft, settings, wishes, results))
    if results:
        show(results)
    say(f"The configuration is in {config}.")
    if any(result.level == "error" for result in results):
        say("Some rooms could not be had. Do what is said above, and run `helpdesk init` again.")
        raise typer.Exit(1)
    say("Next: `helpdesk check` looks whether everything is right, `helpdesk run` starts the helpdesk.")


def _draft(path: Path, wishes: Wishes) -> Draft:
    if path.exists():
        draft = Draft.of_file(path)
        asked = {slug(name): name for name in wishes.stadsdelen}
        if wishes.city:
            asked |= {part.id: part.name for part in configuration.load(wishes.city).stadsdelen}
        absent = [name for id_, name in asked.items() if id_ not in draft.names()]
        if absent:
            raise Refusal(
                f"{path} is there already, without {', '.join(absent)}.",
                f"To go on with the file: leave out --city and --stadsdeel. To add a stadsdeel: write it under "
                f"`stadsdelen` in {path}, like those that are there, and run `helpdesk init` again.",
            )
        if asked:
            say(f"{path} is there already: going on with it as it is.")
        return draft
    if wishes.city:
        return Draft.of_city(wishes.city, path)
    names = wishes.stadsdelen
    if not names and wishes.ask:
        answer = Prompt.ask(
            "Which stadsdelen does the helpdesk serve? (names, with commas between)", console=out
        )
        names = answer.split(",")
    names = [name.strip() for name in names if slug(name)]
    if not names:
        raise Refusal("There are no stadsdelen.", "Give --city FILE, or --stadsdeel NAME for each.")
    return Draft.of_names(names, path)


def _answered(draft: Draft, wishes: Wishes) -> Config:
    """The configuration with all that is needed to begin; rooms that are not made yet stand there by their alias."""
    missing: list[str] = []
    settings = (
        (("helpdesk", "name"), wishes.name, "--name", "The helpdesk's name"),
        (("homeserver", "url"), wishes.homeserver, "--homeserver", "The homeserver's address (https://…)"),
        (("homeserver", "user_id"), wishes.user, "--user", "The bot's account (@name:server)"),
    )
    for route, given, flag, question in settings:
        value = given or _chosen(draft, route)
        if wishes.ask and not given and (draft.fresh or not value):
            value = Prompt.ask(question, console=out, default=value)
        if not value:
            missing.append(flag)
            continue
        draft.set(route, value.strip())
    if missing:
        raise Refusal(
            f"Not known: {', '.join(missing)}.", "Give these flags, or leave out --yes to be asked."
        )
    if wishes.data_dir:
        draft.set(("data_dir",), wishes.data_dir)
    if draft.fresh:
        server = str(draft.get("homeserver", "user_id")).partition(":")[2]
        for slot in draft.slots():
            slot.choose(slot.alias(server))
    return draft.write()


def _chosen(draft: Draft, route: tuple[str, ...]) -> str | None:
    """What the file says, unless that is an example's."""
    value = draft.get(*route)
    if not isinstance(value, str) or any(server in value for server in _EXAMPLE_SERVERS):
        return None
    return value


async def _set_up(draft: Draft, config: Config, wishes: Wishes, results: list[Result]) -> None:
    async with aiohttp.ClientSession() as session:
        account, homeserver = await _account(config, wishes, session)
        say(f"Signed in as {account.user_id} (device {account.device_id}); the device is verified.")
        if wishes.admin_token_file:
            token = secret_input.from_file(wishes.admin_token_file, "--admin-token-file")
            await homeserver.signed_in(token).override_ratelimit(account.user_id)
            say("Lifted the homeserver's rate limits for the bot.")
        await upgrade(config.database_url)
        with out.status("Looking at the rooms …") as status:
            people = _people(wishes.invite)
            display = _Display(status, wishes)
            provisioner = Provisioner(homeserver, account.user_id, display, trusted=people)
            results += await _named(provisioner, homeserver, account, config.helpdesk.name)
            texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
            try:
                results += await rooms.provide(draft, provisioner, texts, config.server_name, people)
            finally:
                config = draft.write()
    if not any(result.level == "error" for result in results):
        await _begin(config)


async def _begin(config: Config) -> None:
    try:
        await app.begin(config)
    except UserError as error:
        if error.key not in {"account.in_use", "database.in_use"}:  # a helpdesk that runs has begun long ago
            raise


async def _account(
    config: Config, wishes: Wishes, session: aiohttp.ClientSession
) -> tuple[Account, Homeserver]:
    password = secret_input.from_environment()
    if wishes.password_file:
        password = secret_input.from_file(wishes.password_file, "--password-file")
    made_up = password is None
    password = password or secret_input.bot_password(sign_in.kept_password(config))
    if Account.exists(config.account_dir):
        return await sign_in.existing(config, session, password, reset_signing=wishes.reset_signing)
    if made_up and wishes.shared_secret_file:
        secret = secret_input.from_file(wishes.shared_secret_file, "--register-shared-secret-file")
        password = await sign_in.make_account(config, session, secret)
    if password is None and wishes.ask:
        password = secret_input.ask(config.homeserver.user_id)
    if not password:
        raise Refusal(
            "The bot's password is not known.",
            "Give --password-file, set HELPDESK_BOT_PASSWORD_FILE, or make the account with "
            "--register-shared-secret-file.",
        )
    return await sign_in.new_device(config, session, password, reset_signing=wishes.reset_signing)


async def _named(
    provisioner: Provisioner, homeserver: Homeserver, account: Account, name: str
) -> list[Result]:
    """People should see the helpdesk's name at each message."""
    try:
        profile = await provisioner.patiently(lambda: homeserver.profile(account.user_id))
        if profile.get("displayname") != name:
            await provisioner.patiently(lambda: homeserver.set_displayname(account.user_id, name))
    except MatrixError as error:
        if error.temporary:
            raise
        remedy = "Set its display name yourself, if you want it to be the helpdesk's."
        return [Result("note", account.user_id, "the homeserver doesn't let the bot choose its name", remedy)]
    return []


def _people(given: Iterable[str]) -> list[str]:
    people = [person if person.startswith("@") else f"@{person}" for person in given]
    for person in people:
        if ":" not in person:
            raise Refusal(
                f"{person} is not a Matrix address.", "Write it in full: --invite @name:example.org"
            )
    return people


class _Display:
    def __init__(self, status: Status, wishes: Wishes) -> None:
        self._status = status
        self._wishes = wishes

    def said(self, text: str) -> None:
        say(f"· {text}")
        self._status.update("Looking at the rooms …")

    def may_take(self, alias: str, others: Mapping[str, str]) -> bool:
        if alias in self._wishes.adopt:
            return True
        self._status.stop()
        say(
            f"{alias} is a room that somebody else made. Who rules it hands out roles, and who is in it has one:"
        )
        for user, why in others.items():
            say(f"    {user} {why}")
        ask = self._wishes.ask
        taken = ask and Confirm.ask(
            "Is this the right room, with the right people?", console=out, default=False
        )
        self._status.start()
        return taken

    def waits(self, seconds: float) -> None:
        text = f"The homeserver allows only so many in a while: going on in {seconds:.0f} s."
        if out.is_terminal:
            self._status.update(f"{text} (Ctrl-C stops; `helpdesk init` goes on later.)")
        else:
            say(text)
