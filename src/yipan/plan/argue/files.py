"""Arguments as JSON and back, and how any nested value of this kind is written and read."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from yipan.errors import PlanError
from yipan.plan.argue.values import Argument
from yipan.text import Text

FORMAT = "yipan-argument"
VERSION = 1

V = TypeVar("V")


def argument_to_dict(argument: Argument) -> dict[str, Any]:
    """Return an argument as a JSON-ready mapping (money in 1e8, values in points, texts as zh and en)."""
    return written(argument, FORMAT, version=VERSION)


def argument_from_dict(data: Mapping[str, Any]) -> Argument:
    """Return the argument that `argument_to_dict` wrote.

    Raises
    ------
    PlanError
        When this is not such a mapping.
    """
    return read_as(Argument, data, form=FORMAT, version=VERSION)


def written(value: Any, form: str, *, version: int) -> dict[str, Any]:
    """Return a frozen value with all it holds as a JSON-ready mapping that says its format and version."""
    return {"format": form, "version": version} | cast("dict[str, Any]", plain(asdict(value)))


def read_as(kind: type[V], data: Mapping[str, Any], *, form: str, version: int) -> V:
    """Return the value that `written` wrote.

    Raises
    ------
    PlanError
        When this is not such a mapping, or not all of it is there.
    """
    if data.get("format") != form or data.get("version") != version:
        raise PlanError(
            Text(f"这不是 {form} 第 {version} 版文件", f"not a mapping of format {form}, version {version}")
        )
    try:
        return cast("V", _read(kind, data))
    except (KeyError, TypeError, ValueError) as e:
        raise PlanError(Text(f"{form} 文件不完整:{e}", f"this {form} is not complete: {e}")) from e


def plain(value: Any) -> Any:
    """Return nested values as JSON has them: lists for tuples, dicts for mappings, null for no number."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _read(kind: Any, value: Any) -> Any:
    """Return a value of a type from what `plain` made of it."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return cast("Any", kind)(**{f.name: _read(hints[f.name], value[f.name]) for f in fields(kind)})
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = next(a for a in get_args(kind) if a is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], v) for v in value)
    if kind is float:
        return float("nan") if value is None else float(value)
    return value
