"""From plain values to a model; and what does not fit, in words that say what to do."""

import re
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from helpdesk_bot.config.document import Document, Route

M = TypeVar("M", bound=BaseModel)
_SECRET_KEY = re.compile(r"passwo|passw|wachtwoord|secret|geheim|token|api_?key|pickle", re.IGNORECASE)
_KINDS = {
    "string_type": ("text", "Put it in quotes."),
    "int_type": ("a whole number", "Write a number without quotes."),
    "int_parsing": ("a whole number", "Write a number without quotes."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "list_type": ("a list", "Write each item on its own line after a hyphen, or [a, b]."),
    "model_type": ("a group of settings", "Indent `key: value` lines below it."),
    "dict_type": ("a group of settings", "Indent `key: value` lines below it."),
}


def validated(read: Document, model: type[M]) -> M | None:
    """What the file says, as `model`; None when it can't be that, and then the document's findings say why."""
    if read.data is None:
        return None
    _complain_about_nothing(read, read.data, ())
    try:
        return model.model_validate(read.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            _explain(read, model, detail)
    return None


def _explain(read: Document, model: type[BaseModel], detail: ErrorDetails) -> None:
    tagged: Route = tuple(detail["loc"])
    route = _written(read, tagged)
    name, kind = name_of(route), detail["type"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        read.complain(route, f"{name} is not a setting", _did_you_mean(model, tagged), at_key=True)
    elif kind == "missing":
        if route in read.values:
            return  # it has no value; that is said already
        around = f"below {name_of(route[:-1])}" if len(route) > 1 else "at the left edge"
        read.complain(route, f"{name} is missing", f"Add `{route[-1]}: …` {around}.", at_key=True)
    elif kind in _KINDS:
        wanted, remedy = _KINDS[kind]
        read.complain(route, f"{name} must be {wanted}", remedy)
    elif kind == "union_tag_invalid":
        read.complain(route, f"{name} is of no known kind", f"Use one of: {context['expected_tags']}.")
    elif kind == "literal_error":
        read.complain(route, f"{name} has an unknown value", f"Use one of: {context['expected']}.")
    elif "remedy" in context:
        read.complain(route, f"{name} {detail['msg']}", str(context["remedy"]))
    else:
        read.complain(route, f"{name}: {detail['msg']}", "Change it accordingly, or take the line out.")


def _complain_about_nothing(read: Document, data: Any, route: Route) -> None:
    """Takes out what has no value: `help_room: #hulp-noord` without quotes is a comment, and would go unnoticed."""
    items = list(
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else []
    )
    for step, value in items:
        here: Route = (*route, step)
        if value is not None:
            _complain_about_nothing(read, value, here)
            continue
        if not any((found.line, found.column) == read.values[here] for found in read.findings):
            read.complain(
                here,
                f"{name_of(here)} has no value",
                "Give it one, or take the line out. What begins with #, ! or @ needs quotes.",
                at_key=True,
            )
        if isinstance(data, dict):
            del data[step]


def _written(read: Document, route: Route) -> Route:
    """Without what pydantic adds to say which of several models it took: that stands nowhere in the file."""
    found: Route = ()
    for at, step in enumerate(route):
        if at == len(route) - 1 or (*found, step) in read.values:
            found = (*found, step)
    return found


def name_of(route: Route) -> str:
    """`stadsdelen[2].aliases`: lists count from 1, as people do."""
    words = ""
    for step in route:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return words.removeprefix(".")


def _did_you_mean(model: type[BaseModel], route: Route) -> str:
    key = str(route[-1])
    if _SECRET_KEY.search(key):
        return (
            "Secrets don't belong in this file. Take it out, change the secret if others have seen it, and use "
            "HELPDESK_BOT_PASSWORD_FILE or HELPDESK_DATABASE_URL_FILE."
        )
    known = list(_fields(_model_at(model, route[:-1])))
    close = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Take it out. What is known here: {', '.join(known)}."


def _model_at(model: type[BaseModel], route: Route) -> type[BaseModel]:
    """The model that describes what stands at `route` of a file of this `model`."""
    within: Any = None
    for step in route:
        if isinstance(step, str) and (field := _fields(model).get(step)):
            within = field.annotation
            model = _inner_model(within) or model
        elif tagged := _tagged(within, step):
            model = tagged
    return model


def _tagged(annotation: Any, tag: str | int) -> type[BaseModel] | None:
    """The one of several models that pydantic calls by this tag."""
    for part in get_args(annotation):
        if Tag(str(tag)) in getattr(part, "__metadata__", ()):
            return _inner_model(part)
    return None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Those of a model, as they are written in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part))), None)
