"""The library is read by another process, and again only when a file of it changed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from helpdesk_bot.playbooks import shelving
from helpdesk_bot.playbooks.loading import library
from helpdesk_bot.playbooks.shelving import KEPT, shelf_in
from tests.playbooks.written import PLAYBOOKS, TOOLS, changed, line_of, shelf_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two playbooks of the library, with the whole catalogue."""
    made = tmp_path / "playbooks"
    made.mkdir()
    for name in ("password-manager.yaml", "tools.yaml"):
        (made / name).write_text((PLAYBOOKS / name).read_text("utf-8"), "utf-8")
    return made


async def test_what_is_kept_is_what_the_files_say(folder: Path, tmp_path: Path) -> None:
    first, again = await shelf_in(folder, tmp_path), await shelf_in(folder, tmp_path)
    assert first == again == shelf_of(library(folder))
    assert list(first.playbooks) == ["password-manager"]
    assert len(first.tools) > 50


async def test_no_process_is_started_while_nothing_changed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelf_in(folder, tmp_path)
    started = []

    async def made(where: Path) -> None:
        started.append(where)

    monkeypatch.setattr(shelving, "_made", made)
    assert (await shelf_in(folder, tmp_path)).playbooks
    assert not started
    with (folder / "password-manager.yaml").open("a", encoding="utf-8") as file:
        file.write("# another line\n")
    assert not (await shelf_in(folder, tmp_path)).playbooks
    assert started == [folder]


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"mark": 1}', json.dumps({"mark": "", "library": {}})])
async def test_a_broken_file_is_made_again(folder: Path, tmp_path: Path, broken: str) -> None:
    (tmp_path / KEPT).write_text(broken, "utf-8")
    assert (await shelf_in(folder, tmp_path)).playbooks


async def test_half_a_file_is_made_again(folder: Path, tmp_path: Path) -> None:
    await shelf_in(folder, tmp_path)
    whole = (tmp_path / KEPT).read_text("utf-8")
    (tmp_path / KEPT).write_text(whole[: len(whole) // 2], "utf-8")
    assert (await shelf_in(folder, tmp_path)).playbooks


async def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert not (await shelf_in(tmp_path / "nowhere", tmp_path)).playbooks


async def test_a_playbook_that_is_not_in_order_is_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.yaml").write_text("schema: playbook/v1\nid: broken\n", "utf-8")
    (folder / "not-yaml.yaml").write_text("a: [b\n", "utf-8")
    made, kept = await shelf_in(folder, tmp_path), await shelf_in(folder, tmp_path)
    assert list(made.playbooks) == ["password-manager"]
    assert made == kept
    assert [(one.file, one.line) for one in kept.left_out] == [("broken.yaml", 1), ("not-yaml.yaml", 2)]
    assert all(one.remedy for one in kept.left_out)


async def test_what_is_said_of_a_file_is_the_first_thing_that_is_wrong(folder: Path, tmp_path: Path) -> None:
    path = folder / "password-manager.yaml"
    text = path.read_text("utf-8")
    wrong = changed(changed(text, "review_by: ", "review_by: not-"), "role: initiative", "role: nobody")
    path.write_text(wrong, "utf-8")
    [left_out] = (await shelf_in(folder, tmp_path)).left_out
    assert left_out.line == line_of(wrong, "review_by: ")
    assert left_out.remedy == "Write it as 2027-05-01."


async def test_the_process_gets_no_secrets(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK_DATABASE_URL", "postgresql://secret")
    seen: list[dict[str, str]] = []
    start = asyncio.create_subprocess_exec

    async def spying(*args: str, env: dict[str, str], **kwargs: Any) -> asyncio.subprocess.Process:
        seen.append(env)
        return await start(*args, env=env, **kwargs)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spying)
    (folder / "tools.yaml").write_text(TOOLS, "utf-8")
    await shelf_in(folder, tmp_path)
    assert "HELPDESK_DATABASE_URL" not in seen[0]
