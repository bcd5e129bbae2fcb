"""A recipe as a file a person reads and edits: ``index.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe.parse import recipe_from_dict, refused
from yipan.measure.recipe.values import Impute, Leaf, Node, Normalise, Recipe, Screen, Treat
from yipan.scenario.toml import toml_text, write_whole
from yipan.text import Text

MAX_BYTES = 5_000_000
"""Largest recipe that is opened."""


def read_recipe(path: Path | str) -> Recipe:
    """Read a recipe.

    The file has ``normalise``, ``treat``, ``screen`` (tables), ``impute`` (list of tables), ``group`` and
    ``indicator`` (lists of tables with the keys of `Node` and `Leaf`; ``in`` names the group each is part of,
    and one group without it is the index; ``order`` lists the parts of a group that mixes groups and
    indicators). An example is in the docs.

    Raises
    ------
    MeasureError
        With every problem found: unreadable file, unknown keys with the nearest known one, wrong types,
        groups that do not exist or go in a circle, and everything `recipe_problems` finds.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, Text("文件过大", f"larger than {MAX_BYTES // 1_000_000} MB"))
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, Text(f"无法读取:{error}", f"cannot be read: {error}")) from error
    return recipe_from_dict(data)


def write_recipe(recipe: Recipe, path: Path | str) -> Path:
    """Write a recipe so that it reads back equal; return the path.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="noise", direction=-1))))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_recipe(recipe, Path(folder) / "index.toml")
    ...     print(path.read_text(encoding="utf-8"))
    ...     read_recipe(path) == recipe
    normalise = {method = "minmax"}
    group = [
      {id = "index"},
    ]
    indicator = [
      {id = "jobs", in = "index"},
      {id = "noise", in = "index", direction = -1},
    ]
    <BLANKLINE>
    True
    """
    return write_whole(toml_text(recipe_to_dict(recipe)), Path(path))


def recipe_to_dict(recipe: Recipe) -> dict[str, object]:
    """Return a recipe as plain data: what differs from the defaults, groups before their parts."""
    groups: list[dict[str, object]] = []
    leaves: list[dict[str, object]] = []

    def walk(node: Node, parent: str) -> None:
        kinds = [isinstance(part, Leaf) for part in node.parts]
        groups.append(
            {
                "id": node.id,
                "in": parent or None,
                "name_zh": node.name.zh or None,
                "name_en": node.name.en or None,
                **_plain(node),
                "judgements": [list(line) for line in node.judgements] or None,
                "shares": None if node.shares == (0.0, 1.0) else list(node.shares),
                "order": None if kinds == sorted(kinds) else [part.id for part in node.parts],
            }
        )
        for part in node.parts:
            if isinstance(part, Node):
                walk(part, node.id)
            else:
                leaves.append({"id": part.id, "in": node.id, **_plain(part)})

    walk(recipe.root, "")
    return {
        "normalise": _plain(recipe.normalise),
        "impute": [_plain(step) for step in recipe.impute] or None,
        "screen": None if recipe.screen is None else _plain(recipe.screen),
        "treat": None if recipe.treat is None else _plain(recipe.treat),
        "group": groups,
        "indicator": leaves,
    }


def _plain(value: Node | Leaf | Impute | Screen | Treat | Normalise) -> dict[str, object]:
    """Return the plain fields that differ from their defaults; the method always."""
    out: dict[str, object] = {}
    for f in fields(value):
        here = getattr(value, f.name)
        if isinstance(here, (Treat, Normalise)):
            out[f.name] = _plain(here)
        elif f.name == "method" or (
            f.name != "id" and isinstance(here, (str, int, float)) and here != f.default
        ):
            out[f.name] = here
    return out


def _unreadable(path: Path, what: Text) -> MeasureError:
    return refused(
        [
            Problem(
                what=what,
                remedy=Text("写一个 UTF-8 编码的 TOML 文件", "write a TOML file in UTF-8"),
                file=path.name,
            )
        ]
    )
