"""Reads povod.yml: all that is wrong with it is said at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from povod.config import references
from povod.config.schema import Config
from povod.config.values import SecretReference
from povod.faults import ConfigFaults, Fault, nearest, readable
from triggers.lined import Lined, read_all

if TYPE_CHECKING:
    from triggers.search.definitions import SearchDefinition
    from triggers.search.mutes import Mute

WORDS = {
    "missing": "the key '{key}' is missing",
    "bool_type": "'{key}' is true or false, not {value!r}",
    "bool_parsing": "'{key}' is true or false, not {value!r}",
    "int_type": "'{key}' is a whole number, not {value!r}",
    "int_parsing": "'{key}' is a whole number, not {value!r}",
    "int_from_float": "'{key}' is a whole number, not {value!r}",
    "float_type": "'{key}' is a number, not {value!r}",
    "float_parsing": "'{key}' is a number, not {value!r}",
    "string_type": "'{key}' is a text, not {value!r}; put it in quotes",
    "list_type": "'{key}' is a list: write each item on a line of its own after '- '",
    "dict_type": "'{key}' holds keys and values",
    "model_type": "'{key}' holds keys and values, each on a line of its own",
    "path_type": "'{key}' is a path, not {value!r}",
    "string_too_short": "'{key}' is too short",
    "greater_than": "'{key}' is above {bound}, not {value!r}",
    "greater_than_equal": "'{key}' is at least {bound}, not {value!r}",
    "less_than_equal": "'{key}' is at most {bound}, not {value!r}",
    "finite_number": "'{key}' is a number, not {value!r}",
}


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration, the folder its paths are relative to, and the lines its parts stand on."""

    config: Config
    file: Path
    lined: Lined
    searches: tuple[SearchDefinition, ...] = ()
    mutes: tuple[Mute, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.file.parent

    def path(self, relative: Path) -> Path:
        """Resolve a path that the file names."""
        return (self.folder / relative.expanduser()).resolve()

    def fault(self, where: tuple[str | int, ...], what: str) -> Fault:
        """Make a fault that names the line of a part of this file."""
        return Fault(str(self.file), self.lined.line_of(where), what)

    def database_url(self) -> str:
        """Return the database's address; a relative SQLite path starts from the file's folder.

        Raises:
            ConfigFaults: the address is a secret that cannot be had.
        """
        address = self.config.database
        if isinstance(address, SecretReference):
            problem = address.problem(self.folder)
            if problem:
                raise ConfigFaults([self.fault(("database",), problem)])
            address = address.read(self.folder)
        prefix = "sqlite:///"
        if address.startswith(prefix) and address != "sqlite:///:memory:":
            return prefix + str(self.path(Path(address.removeprefix(prefix))))
        return address

    def index_file(self) -> Path | None:
        """Return where the index of contacts is kept: beside an SQLite file, else beside the configuration."""
        address = self.database_url()
        if address.startswith("sqlite"):
            name = address.partition("///")[2].partition("?")[0]
            return Path(f"{name}.linking") if name and name != ":memory:" else None
        return self.folder / "povod.linking"


def load_config(file: Path) -> LoadedConfig:
    """Read and validate a configuration file.

    Raises:
        ConfigFaults: everything that is wrong with it, sorted by line.
        UserError: the file cannot be read.
    """
    lined = read_all(readable(file, what="configuration file (povod init writes one)"))
    if lined.faults:
        raise ConfigFaults(Fault(str(file), fault.line, fault.what) for fault in lined.faults)
    if not isinstance(lined.data, dict | None):
        raise ConfigFaults([Fault(str(file), 1, "a configuration holds keys and values, such as 'sources:'")])
    faults = list(references.faults(lined, file))
    searches, mutes, wrong = _searches(lined, file)
    faults += wrong
    try:
        config = Config.model_validate(lined.data or {})
    except ValidationError as error:
        raise ConfigFaults([*_faults(error, lined, str(file)), *faults]) from None
    if faults:
        raise ConfigFaults(faults)
    return LoadedConfig(config, file, lined, tuple(searches), tuple(mutes))


def _searches(lined: Lined, file: Path) -> tuple[list[SearchDefinition], list[Mute], list[Fault]]:
    if not lined.data or not lined.data.keys() & {"searches", "search_files", "mute"}:
        return [], [], []
    from povod.config import searches  # noqa: PLC0415 -- most commands need none of the query language

    found, faults = searches.read(lined, file)
    mutes, more = searches.read_mutes(lined, file)
    return found, mutes, faults + more


def _faults(error: ValidationError, lined: Lined, file: str) -> Iterator[Fault]:
    for detail in error.errors(include_url=False):
        path = _plain_path(detail["loc"], lined.data)
        yield Fault(file, lined.line_of(path), _in_words(detail, path))


def _plain_path(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    """Strip the names of union members that pydantic puts into a location."""
    path: list[str | int] = []
    for part in loc:
        if _holds(data, part):
            data = data[part]
        elif part in ("str", "SecretReference") or str(part).startswith("function-"):
            continue
        else:
            data = None
        path.append(part)
    return tuple(path)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _in_words(detail: ErrorDetails, path: tuple[str | int, ...]) -> str:
    kind = detail["type"]
    key = _spell(path)
    if kind == "extra_forbidden":
        return f"unknown key '{path[-1]}'{nearest(str(path[-1]), _keys_at(path[:-1]))}"
    if kind in WORDS:
        bound = next(iter(detail.get("ctx", {}).values()), "")
        return WORDS[kind].format(key=key, value=detail["input"], bound=bound)
    if kind == "literal_error":
        return f"'{key}' is {detail.get('ctx', {}).get('expected', '')}, not {detail['input']!r}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"'{key}': {message}" if key else message


def _spell(path: Sequence[str | int]) -> str:
    """Write a path as its user would: `fetch.timeout`, `sources[2].url` (counted from 1)."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


def _keys_at(path: Sequence[str | int]) -> list[str]:
    """Return the keys that the schema knows at a path."""
    model: type[BaseModel] | None = Config
    for part in path:
        if model is None:
            return []
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        model = _model_in(field.annotation) if field else None
    return list(model.model_fields) if model else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the section that an annotation such as `list[SourceConfig]` or `X | None` speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
