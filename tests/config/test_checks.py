"""What the helpdesk's own server may look at, as the configuration has it."""

from pathlib import Path

import pytest

from helpdesk_bot.config import load
from tests.config.written import SMALL, complaints, written


def test_nothing_inside_when_nothing_is_written(tmp_path: Path) -> None:
    checks = load(written(tmp_path, SMALL)).checks
    assert (checks.enabled, checks.allow, checks.at_once, checks.per_run_per_hour) == (True, [], 4, 12)


def test_a_host_with_its_port(tmp_path: Path) -> None:
    text = SMALL + "checks: {enabled: false, allow: [127.0.0.1:8080, 'cloud.intern:443']}\n"
    checks = load(written(tmp_path, text)).checks
    assert not checks.enabled
    assert checks.allow == ["127.0.0.1:8080", "cloud.intern:443"]


@pytest.mark.parametrize(
    "allowed",
    [
        "127.0.0.1",
        "'*:8080'",
        "http://127.0.0.1:8080",
        "127.0.0.1:0",
        "'127.0.0.1:'",
        "10.0.0.0/8:80",
        "8080",
    ],
)
def test_what_is_no_host_with_a_port(tmp_path: Path, allowed: str) -> None:
    [found] = complaints(tmp_path, f"{SMALL}checks:\n  allow: [{allowed}]\n")
    assert found.startswith("18:11 checks.allow[1] is not a host and a port")


@pytest.mark.parametrize("setting", ["at_once: 0", "at_once: 33", "per_run_per_hour: 0"])
def test_what_can_not_be(tmp_path: Path, setting: str) -> None:
    [found] = complaints(tmp_path, f"{SMALL}checks: {{{setting}}}\n")
    assert f"checks.{setting.partition(':')[0]}" in found
