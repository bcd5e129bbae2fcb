"""Write TOML: the few kinds of values that project files hold, in a form a person likes to edit.

The standard library reads TOML but does not write it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def toml_text(data: Mapping[str, object]) -> str:
    """Return `data` as TOML text.

    Parameters
    ----------
    data
        Text, numbers, booleans, lists of them, mappings (written as inline tables inside lists) and lists
        of mappings (written as ``[[arrays of tables]]`` after the plain keys). ``None`` is left out.

    Examples
    --------
    >>> print(toml_text({"id": "x", "capital": [1.5, 2.0], "interventions": [{"type": "AddPlace"}]}))
    id = "x"
    capital = [1.5, 2.0]
    <BLANKLINE>
    [[interventions]]
    type = "AddPlace"
    <BLANKLINE>
    """
    return "\n".join(_block(data, prefix=())) + "\n"


def write_whole(text: str, path: Path) -> Path:
    """Write a UTF-8 text file whole or not at all: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _block(data: Mapping[str, object], *, prefix: tuple[str, ...]) -> list[str]:
    plain = {k: v for k, v in data.items() if v is not None and not _is_tables(v)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    for k, v in data.items():
        if _is_tables(v):
            assert isinstance(v, Sequence)  # noqa: S101  (for the type checker: _is_tables said so)
            for row in v:
                path = (*prefix, k)
                lines += ["", f"[[{'.'.join(map(_key, path))}]]", *_block(row, prefix=path)]
    return lines[1:] if lines and not lines[0] and not prefix else lines


def _is_tables(value: object) -> bool:
    """Whether a value becomes an array of tables: a list of mappings that is not a list of small rows."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and all(isinstance(v, Mapping) and not _is_small(v) for v in value)
    )


def _is_small(row: object) -> bool:
    """Whether a mapping reads better on one line (a stop, a point): no `type`, only plain values."""
    return (
        isinstance(row, Mapping)
        and "type" not in row
        and all(isinstance(v, (str, int, float, type(None))) for v in row.values())
    )


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else _string(key)


def _string(text: str) -> str:
    out = "".join(
        _ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c) for c in text
    )
    return f'"{out}"'


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [_value(v) for v in value]
        if any(isinstance(v, Mapping) for v in value):
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        return "[" + ", ".join(items) + "]"
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))  # nan, inf and -inf are TOML too
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str):
        return _string(value)
    raise TypeError(f"TOML cannot hold a {type(value).__name__}")
