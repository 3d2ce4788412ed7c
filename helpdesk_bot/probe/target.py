"""What is to be looked at: the address in a playbook, filled in with what people typed."""

import ipaddress
import re
from collections.abc import Callable, Mapping

from yarl import URL

from helpdesk_bot.playbooks.words import fields_of, fill
from helpdesk_bot.texts.values import addresses

Values = Mapping[str, object]

_HTTPS = 443
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


class Unfilled(Exception):
    """Nobody has told yet what belongs here."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NoTarget(ValueError):
    """What was written is no address."""


def page_of(template: str, values: Values) -> URL:
    """The page, by https unless it says otherwise."""

    def fitted(field: str, typed: str) -> str:
        """What stands around the field is not written twice: 'https://', a slash, or the @ before a name."""
        place = f"{{{field}}}"
        if f"://{place}" in template:
            typed = _SCHEME.sub("", typed, count=1)
        if f"{place}/" in template:
            typed = typed.rstrip("/")
        return typed.lstrip("@") if f"@{place}" in template else typed

    return _page(_filled(template, values, fitted))


def link_of(typed: str) -> URL:
    """The one link in what somebody wrote, or the whole of it when the scheme was left out."""
    found = set(addresses(typed))
    if not found and "." in (word := typed.strip(" .")):
        found = {word}
    if len(found) != 1:
        raise NoTarget(typed)
    return _page(found.pop())


def site_of(template: str, values: Values) -> tuple[str, int]:
    """Host and port. Where a host is asked, people paste an address of the page at which they sign in."""
    url = _url(_filled(template, values, lambda _, typed: _site(typed)))
    return _host(url), url.explicit_port or _HTTPS


def name_of(template: str, values: Values) -> str:
    return _filled(template, values, lambda _, typed: _host(_url(typed)))


def record_of(template: str, values: Values, kind: str) -> str:
    """What has to stand in a record; where that is a host, people type an address here as well."""
    record = _filled(template, values, lambda _, typed: typed if kind == "TXT" else _host(_url(typed)))
    if not record.strip(". "):  # it stands in every record
        raise NoTarget(record)
    return record


def _filled(template: str, values: Values, fitted: Callable[[str, str], str]) -> str:
    ready = {}
    for field in sorted(fields_of(template)):
        value = values.get(field)
        typed = "" if value is None else str(value).strip().strip("<>")
        if not typed:
            raise Unfilled(field)
        ready[field] = fitted(field, typed)
    return fill(template, ready)


def _page(text: str) -> URL:
    url = _url(text)
    if url.scheme not in ("http", "https") or url.user is not None or url.password is not None:
        raise NoTarget(text)
    _host(url)
    return url


def _site(typed: str) -> str:
    url = _url(typed)
    port = url.explicit_port if url.scheme == "https" else None  # the one of http has no certificate
    host = _host(url)
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _host(url: URL) -> str:
    host = (url.raw_host or "").rstrip(".")
    if not _HOST.fullmatch(host):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise NoTarget(str(url)) from None
    return host


def _url(text: str) -> URL:
    try:
        return URL(text if _SCHEME.match(text) else f"https://{text}")
    except ValueError:
        raise NoTarget(text) from None
