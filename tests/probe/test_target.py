"""What people type where an address is asked."""

import pytest

from helpdesk_bot.probe.target import (
    NoTarget,
    Unfilled,
    link_of,
    name_of,
    page_of,
    record_of,
    site_of,
)

CLOUD = "https://cloud.example.org"


@pytest.mark.parametrize(
    ("template", "typed", "url"),
    [
        ("{x}", f"{CLOUD}/map/", f"{CLOUD}/map/"),
        ("{x}/status.php", CLOUD, f"{CLOUD}/status.php"),
        ("{x}/status.php", f" {CLOUD}/ ", f"{CLOUD}/status.php"),
        ("{x}/status.php", f"{CLOUD}/nextcloud//", f"{CLOUD}/nextcloud/status.php"),
        ("{x}/status.php", "Cloud.Example.org", f"{CLOUD}/status.php"),
        ("{x}/status.php", f"<{CLOUD}>", f"{CLOUD}/status.php"),
        ("{x}/status.php", "HTTP://cloud.example.org:8080", "http://cloud.example.org:8080/status.php"),
        ("https://{x}", "cloud.example.org", CLOUD),
        ("https://{x}", f"{CLOUD}/", f"{CLOUD}/"),
        ("https://{x}/index.php", f"{CLOUD}/", f"{CLOUD}/index.php"),
        ("https://social.example.org/@{x}", "@noord", "https://social.example.org/@noord"),
        ("https://social.example.org/@{x}", "noord", "https://social.example.org/@noord"),
        ("{x}", "https://büurt.nl/", "https://xn--burt-0ra.nl/"),
    ],
)
def test_a_page(template: str, typed: str, url: str) -> None:
    assert str(page_of(template, {"x": typed})) == url


@pytest.mark.parametrize(
    "typed",
    [
        *("https://me:secret@cloud.example.org", "me@example.org", "ftp://example.org", "file:///etc/passwd"),
        *("onze cloud", "cloud. example.org", "https://", "https://.", "...", "/", "@", "?", "#", "{x}"),
        *("https://[::1", "https://a:99999/", "https://a\x00b.nl", "https://\u202ea.nl", "https://a.nl,b.nl"),
    ],
)
def test_what_is_no_page(typed: str) -> None:
    with pytest.raises(NoTarget):
        page_of("{x}", {"x": typed})


@pytest.mark.parametrize("values", [{}, {"x": None}, {"x": ""}, {"x": "  "}, {"X": CLOUD}])
def test_what_nobody_has_told(values: dict[str, object]) -> None:
    for asked in (page_of, site_of, name_of):
        with pytest.raises(Unfilled, match="x"):
            asked("{x}", values)
    with pytest.raises(Unfilled, match="x"):
        record_of("{x}", values, "TXT")


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("cloud.example.org", ("cloud.example.org", 443)),
        ("Cloud.Example.ORG.", ("cloud.example.org", 443)),
        (" https://cloud.example.org/index.php/login?a=b#c ", ("cloud.example.org", 443)),
        ("http://cloud.example.org:8080/", ("cloud.example.org", 443)),
        ("https://cloud.example.org:8443/", ("cloud.example.org", 8443)),
        ("cloud.example.org:8443", ("cloud.example.org", 8443)),
        ("https://me:secret@cloud.example.org/", ("cloud.example.org", 443)),
        ("info@example.org", ("example.org", 443)),
        ("https://[2001:67c:2960::1]:8443/", ("2001:67c:2960::1", 8443)),
    ],
)
def test_a_host(typed: str, site: tuple[str, int]) -> None:
    assert site_of("{x}", {"x": typed}) == site
    assert name_of("{x}", {"x": typed}) == site[0]


def test_a_field_is_a_part_of_a_name() -> None:
    assert site_of("cloud.{x}", {"x": "https://example.org/"}) == ("cloud.example.org", 443)
    assert name_of("_dmarc.{x}", {"x": "https://example.org/"}) == "_dmarc.example.org"


@pytest.mark.parametrize("typed", ["onze cloud", "a.nl b.nl", "https://", "a..nl", "a.nl,b.nl", "a:b", "/"])
def test_what_is_no_host(typed: str) -> None:
    for asked in (site_of, name_of):
        with pytest.raises(NoTarget):
            asked("{x}", {"x": typed})


@pytest.mark.parametrize(
    ("kind", "typed", "record"),
    [
        ("MX", "https://mail.host.nl/", "mail.host.nl"),
        ("A", "https://185.37.124.1/", "185.37.124.1"),
        ("AAAA", "[2001:67c:2960::1]", "2001:67c:2960::1"),
        ("TXT", " google-site-verification=abc/def ", "google-site-verification=abc/def"),
    ],
)
def test_a_record(kind: str, typed: str, record: str) -> None:
    assert record_of("{x}", {"x": typed}, kind) == record
    assert record_of("helpdesk-in-control", {}, kind) == "helpdesk-in-control"
    with pytest.raises(NoTarget):
        record_of("{x}", {"x": "."}, kind)


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        (f"{CLOUD}/s/abc", f"{CLOUD}/s/abc"),
        (f"De link is {CLOUD}/s/abc.", f"{CLOUD}/s/abc"),
        (f"({CLOUD}/s/abc)", f"{CLOUD}/s/abc"),
        (f"{CLOUD}/s/abc {CLOUD}/s/abc", f"{CLOUD}/s/abc"),
        ("cloud.example.org/s/abc", f"{CLOUD}/s/abc"),
    ],
)
def test_a_link(typed: str, link: str) -> None:
    assert str(link_of(typed)) == link


@pytest.mark.parametrize(
    "typed",
    ["", "gedaan.", "ja hoor. klaar", f"{CLOUD}/s/abc {CLOUD}/s/def", "https://me:secret@cloud.example.org/"],
)
def test_what_is_not_one_link(typed: str) -> None:
    with pytest.raises(NoTarget):
        link_of(typed)
