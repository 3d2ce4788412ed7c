"""The JSON Schema of the configuration: with it an editor completes and checks while one types."""

import json

from helpdesk_bot.config.models import Config


def text() -> str:
    schema = Config.model_json_schema()
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Helpdesk"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
