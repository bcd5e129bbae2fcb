"""Checks of units: values in a compatible unit are converted with a note, others refused."""

from __future__ import annotations

import numpy as np

from yipan import units
from yipan.region.dictionary import Entry, kinds, variables
from yipan.region.findings import Draft, Log, nearest
from yipan.region.value import Meta
from yipan.text import Text


def check_statistics_units(draft: Draft, meta: Meta | None, log: Log) -> None:
    """Bring every known variable to its unit; refuse rows whose unit measures something else.

    A variable that is not known must have compatible units throughout; its first row's unit is kept.
    """
    if any(name not in draft.frame.columns for name in ("variable", "unit", "value")):
        return
    known = variables()
    wanted: dict[str, str] = {}
    for at, name in enumerate(draft.words("variable")):
        if not draft.ok[at]:
            continue
        if name not in wanted:
            wanted[name] = _unit_of(known.get(name), meta) or str(draft.frame["unit"].iloc[at])
            if name not in known:
                _near_name(draft, at, "variable", list(known), log)
    _bring(draft, "variable", "value", wanted, log)


def check_capacity_units(draft: Draft, log: Log) -> None:
    """Bring the capacities of known kinds of place to their unit; refuse those of another dimension."""
    if any(name not in draft.frame.columns for name in ("kind", "capacity")):
        return
    if "unit" not in draft.frame.columns:
        draft.frame["unit"] = ""
    known = kinds()
    seen: set[str] = set()
    for at, name in enumerate(draft.words("kind")):
        if draft.ok[at] and name not in known and name not in seen:
            _near_name(draft, at, "kind", list(known), log)
        seen.add(name)
    wanted = {name: entry.unit for name, entry in known.items() if entry.unit}
    _bring(draft, "kind", "capacity", wanted, log)


def _unit_of(entry: Entry | None, meta: Meta | None) -> str:
    if entry is None:
        return ""
    return entry.unit.replace("CNY", meta.currency if meta else "CNY")


def _near_name(draft: Draft, at: int, column: str, known: list[str], log: Log) -> None:
    name = draft.words(column)[at]
    near = nearest(name, known, cutoff=0.85)
    if near:
        log.warn(
            Text(f"不认识“{name}”;是否应为 {near}?", f"'{name}' is not a known name; did you mean {near}?"),
            Text(f"改为 {near};若确是另一事物则不必改", f"change it to {near}, unless it is something else"),
            file=draft.file,
            row=draft.row(at),
            column=column,
        )


def _bring(draft: Draft, by: str, column: str, wanted: dict[str, str], log: Log) -> None:
    """Convert ``column`` to the unit wanted for the word in column `by`."""
    names, given = draft.words(by), draft.words("unit")
    values = draft.frame[column].to_numpy(dtype=np.float64, copy=True)
    new = list(given)
    converted: dict[tuple[str, str, float], list[int]] = {}
    for at, (name, unit) in enumerate(zip(names, given, strict=True)):
        target = wanted.get(name)
        if target is None or not draft.ok[at] or unit == target or np.isnan(values[at]):
            continue
        known = units.find(unit) is not None and units.find(target) is not None
        factor = units.factor(unit, target) if known else None
        if factor is None:
            _refuse(draft, at, (name, unit, target), log)
            continue
        new[at] = target
        values[at] *= factor
        if factor != 1:
            converted.setdefault((name, unit, factor), []).append(at)
    draft.frame[column] = values
    draft.frame["unit"] = np.array(new, dtype=object)
    draft.frame["unit"] = draft.frame["unit"].astype("str")
    for (name, unit, factor), ats in converted.items():
        target = wanted[name]
        log.warn(
            Text(
                f"{name}:{len(ats)} 个值由“{unit}”换算为“{target}”(×{factor:g})",
                f"{name}: converted from '{unit}' to '{target}' (×{factor:g}; rows: {len(ats)})",
            ),
            Text(f"以 {target} 填写可免换算", f"write {target} to avoid the conversion"),
            file=draft.file,
            row=draft.row(ats[0]),
            column="unit",
        )


def _refuse(draft: Draft, at: int, case: tuple[str, str, str], log: Log) -> None:
    name, unit, target = case
    draft.ok[at] = False
    what = Text(
        f"{name} 的单位“{unit}”不能换算为“{target}”",
        f"the unit '{unit}' of {name} cannot be turned into '{target}'",
    )
    if not unit:
        what = Text(f"{name} 的数值没有单位", f"the value of {name} has no unit")
    elif units.find(unit) is None:
        near = nearest(unit, (target,))
        hint = Text(f";是否应为 {near}?", f"; did you mean {near}?") if near else Text("", "")
        what = Text(
            f"{name} 的单位“{unit}”未知{hint.zh}", f"the unit '{unit}' of {name} is not known{hint.en}"
        )
    log.error(
        what,
        Text(
            f"换算为 {target} 并在 unit 列写 {target}",
            f"convert the value to {target} and write {target} as its unit",
        ),
        file=draft.file,
        row=draft.row(at),
        column="unit",
    )
