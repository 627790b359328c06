"""Fitted weights in a file beside the configuration: the numbers, where they come from, and those before them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

from leads.linking.agreement import Level
from leads.linking.weights import DEFAULT_WEIGHTS, Weights

# The weights that fitting replaces; all others stay those of the table in `weights`.
FITTED = ("level_m", "company_m", "place_m", "namesake_odds")


class WeightsFault(Exception):
    """A file of weights that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """Weights with where they come from (when fitted, from how many links, with what result), and earlier ones."""

    weights: Weights
    provenance: Mapping[str, Any]
    earlier: tuple[Mapping[str, Any], ...] = field(default=())


def read_weights(path: Path) -> FittedWeights | None:
    """Return the weights of a file, None where there is none.

    Raises:
        WeightsFault: the file cannot be read, or a number in it cannot be one.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WeightsFault(
            f"{path}: no file of weights: {error}; 'povod links fit --write' makes one"
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("weights"), dict):
        raise WeightsFault(f"{path}: no file of weights: it holds no `weights`")
    earlier = data.get("earlier", [])
    if not isinstance(earlier, list):
        raise WeightsFault(f"{path}: `earlier` must be a list")
    return FittedWeights(_weights(path, data["weights"]), data.get("provenance") or {}, tuple(earlier))


def write_weights(path: Path, weights: Weights, provenance: Mapping[str, Any]) -> None:
    """Write fitted weights; those that the file has held are kept in it, so that `revert` finds them."""
    old = read_weights(path)
    earlier = [*old.earlier, _entry(old.weights, old.provenance)] if old else []
    _write(path, {**_entry(weights, provenance), "earlier": earlier})


def revert(path: Path) -> FittedWeights | None:
    """Go back to the weights before the present ones; None where those are the ones that povod brings along.

    Raises:
        WeightsFault: there is nothing to go back from.
    """
    old = read_weights(path)
    if old is None:
        raise WeightsFault(f"{path}: there are no fitted weights to go back from")
    if not old.earlier:
        path.unlink()
        return None
    _write(path, {**old.earlier[-1], "earlier": list(old.earlier[:-1])})
    return read_weights(path)


def _entry(weights: Weights, provenance: Mapping[str, Any]) -> dict[str, Any]:
    told = asdict(weights)
    told["level_m"] = {level.name.lower(): m for level, m in weights.level_m.items()}
    return {"weights": {name: told[name] for name in FITTED}, "provenance": dict(provenance)}


def _write(path: Path, data: Mapping[str, Any]) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(path)


def _weights(path: Path, told: Mapping[str, Any]) -> Weights:
    known = {one.name for one in fields(Weights)}
    changed: dict[str, Any] = {}
    for name, value in told.items():
        if name not in FITTED or name not in known:
            raise WeightsFault(
                f"{path}: `weights.{name}` is no weight that is fitted; there are {', '.join(FITTED)}"
            )
        changed[name] = _levels(path, value) if name == "level_m" else _number(path, name, value)
    return replace(DEFAULT_WEIGHTS, **changed)


def _levels(path: Path, told: Any) -> dict[Level, float]:
    if not isinstance(told, dict):
        raise WeightsFault(f"{path}: `weights.level_m` must give a number for each level")
    found = dict(DEFAULT_WEIGHTS.level_m)
    for name, value in told.items():
        if str(name).upper() not in Level.__members__:
            raise WeightsFault(f"{path}: `weights.level_m.{name}` is no level of agreement")
        found[Level[str(name).upper()]] = _number(path, f"level_m.{name}", value)
    return found


def _number(path: Path, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value <= 0:
        raise WeightsFault(f"{path}: `weights.{name}` must be a number above 0, not {value!r}")
    return float(value)
