"""The `helpdesk` command. It speaks English: its readers run servers; everybody else talks to the bot."""

import typer

from helpdesk_bot.cli.backups.making import backup
from helpdesk_bot.cli.backups.restoring import restore
from helpdesk_bot.cli.check import check
from helpdesk_bot.cli.init import init
from helpdesk_bot.cli.login import login
from helpdesk_bot.cli.playbooks.commands import app as playbook
from helpdesk_bot.cli.report import app as report
from helpdesk_bot.cli.run import run
from helpdesk_bot.cli.upkeep import migrate, print_schema, replay

app = typer.Typer(
    name="helpdesk",
    help="A shared helpdesk on Matrix. Begin with `helpdesk init`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show what is in variables: secrets, and what people wrote
)
for command in (init, check, run, login, backup, restore, replay, migrate):
    app.command()(command)
app.command("schema")(print_schema)
app.add_typer(report, name="report")
app.add_typer(playbook, name="playbook")
