"""The JSON Schema of playbooks and of the catalogue: with it an editor completes and checks while one types."""

import json

from pydantic import BaseModel

from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.tools import Tools


def playbook_schema() -> str:
    return _text(Playbook, "Playbook")


def tools_schema() -> str:
    return _text(Tools, "Catalogue of tools")


def _text(model: type[BaseModel], title: str) -> str:
    schema = model.model_json_schema()
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
