"""From plain data (as TOML gives it) to a recipe, with every problem named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar, cast

from yipan.errors import MeasureError, Problem, errors_of
from yipan.measure.recipe.check import recipe_problems
from yipan.measure.recipe.problems import problem
from yipan.measure.recipe.values import Impute, Leaf, Node, Normalise, Recipe, Screen, Treat
from yipan.region.findings import suggest
from yipan.text import Text

Table = Mapping[str, object]
T = TypeVar("T", Impute, Screen, Treat, Normalise, Leaf, Node)

_TEXTS = frozenset({"id", "in", "name_zh", "name_en", "denominator", "method", "by", "of", "second"}) | {
    "reference",
    "over",
    "weights",
    "aggregate",
}
_INTS = frozenset({"direction", "winsorise", "base", "neighbours"})
_NESTED: Mapping[str, type[Treat] | type[Normalise]] = {"treat": Treat, "normalise": Normalise}
_EXTRA: Mapping[type, tuple[str, ...]] = {Leaf: ("in",), Node: ("in", "name_zh", "name_en", "order")}
_NEEDED: Mapping[type, tuple[str, ...]] = {
    Leaf: ("id",),
    Node: ("id",),
    Impute: ("method",),
    Screen: ("least",),
}


@dataclass
class _Rows:
    """Groups and indicators of the file by the group they are part of."""

    problems: list[Problem]
    below: dict[str, list[tuple[bool, Table]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def refused(problems: Sequence[Problem]) -> MeasureError:
    """Return the error that carries the problems of a recipe."""
    count = len(errors_of(problems))
    return MeasureError(
        Text(f"指数配方有 {count} 处问题", f"{count} problem(s) in the recipe of the index"),
        problems=problems,
    )


def recipe_from_dict(data: Table) -> Recipe:
    """Return the recipe that plain data describes (see `yipan.measure.recipe.files.recipe_to_dict`).

    Raises
    ------
    MeasureError
        With every problem found.

    Examples
    --------
    >>> recipe_from_dict({"group": [{"id": "index"}], "indicator": [{"id": "a", "in": "indx", "wieght": 2}]})
    Traceback (most recent call last):
    ...
    yipan.errors.MeasureError: 2 problem(s) in the recipe of the index
      - index.toml, indicator.a.wieght: there is no key 'wieght'; did you mean weight? → choose one of ...
      - index.toml, indicator.a.in: there is no group 'indx'; did you mean index? → write the id of a group
    """
    problems = _unknown("", data, ("normalise", "impute", "screen", "treat", "indicator", "group"))
    normalise = _optional(Normalise, data, "normalise", problems)
    screen = _optional(Screen, data, "screen", problems)
    treat = _optional(Treat, data, "treat", problems)
    rows = _tables(data, "impute", problems)
    steps = [_made(Impute, row, f"impute.{k}", problems) for k, row in enumerate(rows, start=1)]
    root = _tree(data, problems)
    if root is None:
        raise refused(problems)
    recipe = Recipe(
        root=root,
        impute=tuple(step for step in steps if step is not None),
        screen=screen,
        treat=treat,
        normalise=Normalise() if normalise is None else normalise,
    )
    # what was left out because it is wrong stands at its default: not a second problem of the same key,
    # nor is a group empty whose parts named a group that is not there
    told = {p.column for p in problems}
    if any(p.column.endswith(".in") for p in problems):
        told |= {f"group.{node.id}" for node in root.nodes() if not node.parts}
    wrong = [*problems, *(p for p in recipe_problems(recipe) if p.column not in told)]
    if errors_of(wrong):
        raise refused(errors_of(wrong))
    return recipe


def _tree(data: Table, problems: list[Problem]) -> Node | None:
    groups, leaves = _tables(data, "group", problems), _tables(data, "indicator", problems)
    names = [str(g.get("id", "")) for g in groups]
    found = _Rows(problems, {name: [] for name in names})
    roots = [g for g in groups if "in" not in g]
    for kind, rows in (("group", groups), ("indicator", leaves)):
        for k, row in enumerate(rows, start=1):
            if row in roots:
                continue
            at, parent = f"{kind}.{row.get('id', k)}", row.get("in")
            if kind == "indicator":
                _made(Leaf, row, at, problems)
            if isinstance(parent, str) and parent in found.below:
                found.below[parent].append((kind == "group", row))
                continue
            near = suggest(str(parent), names)
            zh, en = f"没有组“{parent}”{near.zh}", f"there is no group '{parent}'{near.en}"
            problems.append(problem(f"{at}.in", zh, en, remedy=("写已有组的编号", "write the id of a group")))
    if len(roots) != 1:
        zh = f"有 {len(roots)} 个组没有上级,应恰有一个(总指数)"
        en = f"{len(roots)} groups are part of no other; exactly one must be: the index"
        problems.append(problem("group", zh, en, remedy=("其余各组写 in", "write in = … at the others")))
        return None
    root = _grown(roots[0], found)
    for name in dict.fromkeys(names):
        if name not in found.seen:
            en = "is not below the index: its groups go in a circle"
            problems.append(problem(f"group.{name}.in", "不在总指数之下", en, remedy=("改正 in", "mend in")))
    return root


def _grown(row: Table, found: _Rows) -> Node | None:
    name = str(row.get("id", ""))
    if name in found.seen:
        en = f"'{name}' occurs more than once"
        found.problems.append(
            problem(
                f"group.{name}", f"“{name}”重复", en, remedy=("编号各不相同", "give every group its own id")
            )
        )
        return None
    found.seen.add(name)
    parts: list[Node | Leaf] = []
    for is_group, child in found.below.get(name, []):
        part = _grown(child, found) if is_group else _made(Leaf, child, "", [])
        if part is not None:
            parts.append(part)
    return _made(Node, row, f"group.{name}", found.problems, parts=_ordered(row, parts, found.problems))


def _ordered(row: Table, parts: list[Node | Leaf], problems: list[Problem]) -> tuple[Node | Leaf, ...]:
    order = row.get("order")
    if order is None:
        return tuple(parts)
    by = {part.id: part for part in parts}
    if not isinstance(order, list) or sorted(map(str, order)) != sorted(by):
        at = f"group.{row.get('id', '')}.order"
        en = "does not list each of its parts once"
        problems.append(
            problem(at, "没有把各部分各列一次", en, remedy=("逐一列出", "list them all, or none"))
        )
        return tuple(parts)
    return tuple(by[str(name)] for name in order)


def _optional(kind: type[T], data: Table, key: str, problems: list[Problem]) -> T | None:
    if key not in data:
        return None
    return _made(kind, data[key], key, problems)


def _made(
    kind: type[T], table: object, at: str, problems: list[Problem], *, parts: tuple[Node | Leaf, ...] = ()
) -> T | None:
    """Return the value of what is sound in a table, None without a key it needs; `problems` gets the rest."""
    if not isinstance(table, Mapping):
        problems.append(_type(at, "表", "a table"))
        return None
    keys: list[str] = [f.name for f in fields(kind) if f.name not in ("parts", "name")]
    problems += _unknown(at, table, [*keys, *_EXTRA.get(kind, ())])
    made: dict[str, object] = {}
    for key in (k for k in keys if k in table):
        before = len(problems)
        value = _value(key, table[key], f"{at}.{key}", problems)
        if value is not None and (len(problems) == before or key in _NESTED):
            made[key] = value
    lacking = [key for key in _NEEDED.get(kind, ()) if key not in table]
    for key in lacking:
        problems.append(problem(f"{at}.{key}", "缺少", "missing", remedy=("补上", "write it")))
    if not set(_NEEDED.get(kind, ())) <= set(made):
        return None
    if kind is Node:
        made["parts"] = parts
        made["name"] = Text(str(table.get("name_zh", "")), str(table.get("name_en", "")))
    make: Callable[..., T] = kind  # every value was checked against its key
    return make(**made)


def _value(key: str, value: object, at: str, problems: list[Problem]) -> object:
    if key in _NESTED:
        return _made(_NESTED[key], value, at, problems)  # type: ignore[type-var]
    if key in ("judgements", "shares"):
        return _matrix(key, value, at, problems)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if key in _TEXTS:
        ok, zh, en = isinstance(value, str), "文字", "text"
    elif key in ("clip", "combine"):
        ok, zh, en = isinstance(value, bool), "true 或 false", "true or false"
    elif key in _INTS:
        ok, zh, en = number and isinstance(value, int), "整数", "a whole number"
    else:
        ok, zh, en = number, "数字", "a number"
        value = float(cast("float", value)) if number else value
    if not ok:
        problems.append(_type(at, zh, en))
    return value


def _matrix(key: str, value: object, at: str, problems: list[Problem]) -> object:
    try:
        lines = cast("list[list[float]]", value if key == "judgements" else [value])
        rows = tuple(tuple(float(x) for x in line) for line in lines)
    except (TypeError, ValueError):
        problems.append(_type(at, "数字的列表", "lists of numbers"))
        return ()
    if key == "judgements":
        return rows
    if len(rows[0]) != 2:
        problems.append(_type(at, "两个数字", "two numbers"))
    return rows[0]


def _tables(data: Table, key: str, problems: list[Problem]) -> list[Table]:
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return value
    problems.append(_type(key, "表的列表", "a list of tables"))
    return []


def _unknown(at: str, table: Table, known: Iterable[str]) -> list[Problem]:
    known = list(known)
    out = []
    for key in table:
        if key not in known:
            near = suggest(str(key), known)
            out.append(
                problem(
                    f"{at}.{key}".lstrip("."),
                    f"没有键“{key}”{near.zh}",
                    f"there is no key '{key}'{near.en}",
                    remedy=(f"可选:{'、'.join(known)}", f"choose one of {', '.join(known)}"),
                )
            )
    return out


def _type(at: str, zh: str, en: str) -> Problem:
    return problem(at, f"应为{zh}", f"must be {en}", remedy=("改正", "mend it"))
