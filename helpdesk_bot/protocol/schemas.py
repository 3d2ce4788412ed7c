"""JSON Schemas of every message, made from the models: `python -m helpdesk_bot.protocol.schemas docs/federation/`."""

import json
import sys
from pathlib import Path
from typing import Any

from helpdesk_bot.protocol.words import BY_TYPE

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """By the type of the message."""
    return {
        name: {"$schema": _DIALECT, "title": name, **word.model_json_schema()}
        for name, word in sorted(BY_TYPE.items())
    }


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / f"{name}.schema.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
