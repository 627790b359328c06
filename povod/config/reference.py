"""Writes docs/configuration.md from the schema, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from povod.config.schema import Config
from povod.config.values import SecretReference, duration_text

INTRODUCTION = """\
# Configuration reference

<!-- Written by `make docs` from povod/config/schema.py: change it there. -->

povod reads one YAML file, `povod.yml`. `povod init` writes one with comments; `povod check` tells every fault
of yours at once, each with its line and the nearest valid spelling, and says what would run.

- A length of time is a number and a unit: `90s`, `30m`, `2h`, `7d`, `1w`. A size is a number of bytes, or `512KiB`, `10MiB`.
- Paths are relative to the file.
- Secrets never stand in the file: `{env: NAME}` names an environment variable, `{file: PATH}` a file that holds
  the secret and nothing else.
- What the file names is read-only to commands: `povod sources add` writes to the database, and a name in both is refused.
"""


def reference() -> str:
    """Return the reference as Markdown."""
    parts = [INTRODUCTION, *_section("", Config)]
    return "\n".join(parts).rstrip() + "\n"


def _section(path: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## `{path}`\n" if path else "## The whole file\n"
    if path:
        yield f"{model.__doc__}\n"
    yield "| key | value | default | meaning |"
    yield "| --- | --- | --- | --- |"
    nested: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        inner = _inner_model(field.annotation)
        if inner and inner is not SecretReference:
            mark = "[]" if get_origin(field.annotation) is list else ""
            nested.append((f"{path}.{name}{mark}".lstrip("."), inner))
        yield f"| `{name}` | {_type_words(field.annotation)} | {_default(field)} | {field.description or ''} |"
    yield ""
    for inner_path, inner in nested:
        yield from _section(inner_path, inner)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part))), None)


NAMES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    timedelta: "length of time",
    Path: "path",
    SecretReference: "secret",
    type(None): "`null`",
    Any: "searches",
}


def _type_words(annotation: Any) -> str:
    origin = get_origin(annotation)
    if annotation in NAMES:
        return NAMES[annotation]
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in get_args(annotation))
    if origin is list:
        return f"list of {_type_words(get_args(annotation)[0])}"
    if origin is dict:
        return "keys and texts"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    parts = [part for part in get_args(annotation) if isinstance(part, type) or get_origin(part)]
    return " or ".join(dict.fromkeys(_type_words(part) for part in parts))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        return "see below"
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, timedelta):
        return f"`{duration_text(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
