"""Playbooks of a few steps, for what the library has nowhere, and a town that has no others."""

from typing import Any

from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.shelf import Shelf, Shelved
from tests.conversation.stage import BOT, Stage

NOOR, BAS, TARIK, FATIMA = "@noor:test", "@bas:test", "@tarik:test", "@fatima:test"
OWN, DM, TRAINERS = "!eigen:test", "!dm-tarik:test", "!trainers:test"


def words(text: str) -> dict[str, str]:
    return {"nl": text, "en": text}


def step(name: str, **more: object) -> dict[str, Any]:
    return {
        "id": name,
        "title": words(f"Stap {name}"),
        "why": words("Daarom"),
        "how": [words("Doe het")],
        "role": "initiative",
        "minutes": 5,
        "verify": {"check": words("Het is er"), "by": "trainer"},
        **more,
    }


def playbook(name: str, steps: list[dict[str, Any]], **more: object) -> Shelved:
    return Shelved.of(
        Playbook.model_validate(
            {
                "schema": "playbook/v1",
                "id": name,
                "version": "1.0.0",
                "title": words(f"Draaiboek {name}"),
                "summary": words("Kort"),
                "from": ["google-drive"],
                "to": ["nextcloud"],
                "audience": {"size": "3-50"},
                "effort": {"initiative": "1h", "technician": "1h", "trainer": "1h", "elapsed": "14d"},
                "owner": "trainers",
                "review_by": "2027-05-01",
                "phases": [{"id": "prepare", "title": words("Begin"), "steps": steps}],
                **more,
            }
        )
    )


def shelf(*playbooks: Shelved) -> Shelf:
    return Shelf({one.id: one for one in playbooks})


async def town(stage: Stage, playbooks: Shelf) -> Stage:
    """With a trainer (Tarik), an organisation in a room of its own (Noor), and these playbooks."""
    stage.configure(stage.setting.config, playbooks)
    await stage.join(TRAINERS, TARIK, BOT)
    await stage.direct(TARIK)
    await stage.direct(FATIMA)
    await stage.room(OWN, size=4, encrypted=True)
    await stage.join(OWN, NOOR, BAS, TARIK, BOT)
    return stage
