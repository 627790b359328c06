"""Values of the configuration that have a form of their own: durations, sizes, secrets."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=36_500)  # beyond it, dates counted from now leave the calendar
_BYTES = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def parse_duration(value: Any) -> Any:
    """Turn `90s`, `30m`, `2h`, `7d`, `1w` into a timedelta; anything else is refused in words."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,6})\s*([smhdw])", value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("a length of time is a number and a unit, such as 90s, 30m, 2h, 7d or 1w")
    length = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if not length or length > _LONGEST:
        raise ValueError("a length of time here is more than nothing and at most a hundred years")
    return length


def parse_size(value: Any) -> Any:
    """Turn `512KiB`, `10MiB` or a plain number of bytes into bytes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"(\d{1,9})\s*(B|KiB|MiB|GiB)?", value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("a size is a number of bytes, or a number and KiB, MiB or GiB, such as 10MiB")
    return int(found[1]) * _BYTES[found[2] or ""]


def duration_text(value: timedelta) -> str:
    """Write a duration the way the configuration spells it."""
    seconds = int(value.total_seconds())
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration, json_schema_input_type=str)]
Size = Annotated[int, BeforeValidator(parse_size, json_schema_input_type=str | int), Field(gt=0)]


class SecretReference(BaseModel):
    """Where a secret is to be found: `{env: NAME}` or `{file: PATH}`, never the secret itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = Field(None, description="Name of an environment variable that holds the secret.")
    file: Path | None = Field(None, description="A file that holds the secret and nothing else.")

    @model_validator(mode="before")
    @classmethod
    def _refuse_literals(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError("a secret does not belong in this file; write {env: NAME} or {file: PATH}")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretReference:
        if (self.env is None) == (self.file is None):
            raise ValueError("give exactly one of env and file")
        return self

    def problem(self, folder: Path) -> str | None:
        """Say in words why the secret cannot be had, or return None."""
        if self.env is not None:
            return None if os.environ.get(self.env) else f"the environment variable {self.env} is not set"
        path = folder / (self.file or "")
        if not path.is_file():
            return f"there is no secret file {path}"
        return None if os.access(path, os.R_OK) else f"the secret file {path} cannot be read"

    def read(self, folder: Path) -> str:
        """Return the secret.

        Raises:
            ValueError: it cannot be had; the message says why and never shows it.
        """
        problem = self.problem(folder)
        if problem:
            raise ValueError(problem)
        if self.env is not None:
            return os.environ[self.env]
        return (folder / (self.file or "")).read_text(encoding="utf-8").strip()
