"""Whether the playbooks can be used."""

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.playbooks.loading import library


def check_playbooks(config: Config) -> list[Result]:
    folder = config.playbooks.folder
    if not folder.is_dir():
        remedy = "Put the playbooks there, or name their folder as `playbooks.folder`."
        return [Result("warning", "playbooks", f"{folder} is not there", remedy)]
    found = library(folder)
    if not found.findings:
        return [Result("ok", "playbooks", f"{len(found.playbooks)} can be used")]
    return [Result("warning", one.place, one.what, one.remedy) for one in found.findings]
