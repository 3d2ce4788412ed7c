"""Checks to be judged, and what is right about every verdict."""

from helpdesk_bot.clock import utc_now
from helpdesk_bot.playbooks.verify import Dns, Http, LinkClosed
from helpdesk_bot.probe.judging import Check, Outcome, Prober, Verdict
from helpdesk_bot.texts.catalogue import places
from helpdesk_bot.texts.render import Texts

WHO = "Helpdesk of Noord (+https://helpdesk.example)"
ASK = {"nl": "Welke link was open?", "en": "Which link was open?"}
LINK = LinkClosed(auto="link_closed", ask=ASK)
STATUS = {"auto": "http", "url": "{host_url}/status.php"}
JSON = {"installed": True, "maintenance": False}
TEXTS = Texts.load()


def page(**more: object) -> Http:
    return Http.model_validate({**STATUS, **more})


def mail(kind: str = "MX", contains: str = "{mail}") -> Dns:
    return Dns.model_validate({"auto": "dns", "name": "{domain}", "type": kind, "contains": contains})


async def judged(prober: Prober, check: Check, link: str | None = None, **values: object) -> Verdict:
    """It can be told in every language, and kept as JSON."""
    verdict = await prober.judge(check, values, link, utc_now())
    for language in TEXTS.languages:
        told = TEXTS.say(language, verdict.key, **verdict.params).body
        assert told
        assert not places(told)
    assert all(isinstance(value, str | int) for value in verdict.params.values())
    return verdict


def is_verdict(verdict: Verdict, outcome: Outcome, key: str, *, again: bool = False) -> bool:
    return (verdict.outcome, verdict.key, verdict.again) == (outcome, key, again)
