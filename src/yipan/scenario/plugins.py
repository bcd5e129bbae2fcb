"""Types of intervention that other packages bring, found by the entry point group ``yipan.interventions``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from yipan.errors import Problem, ScenarioError
from yipan.scenario.change import INTERVENTIONS, Change, Spec, register
from yipan.text import Text

GROUP = "yipan.interventions"
"""Entry point group; each entry names a class derived from `yipan.scenario.change.Change`."""


@lru_cache(maxsize=1)
def load_interventions() -> tuple[Problem, ...]:
    """Enter every type of intervention that an installed package announces, once a session.

    A package names its class in ``pyproject.toml``::

        [project.entry-points."yipan.interventions"]
        BuildDike = "our_pack.dikes:BuildDike"

    The class is a frozen dataclass derived from `Change`: `type`, `label` and `tables` as class
    variables, every field made by `spec`, and `against`, `apply`, `describe`, `points`. It may already have
    been entered by `register`.

    Returns
    -------
    tuple of Problem
        One warning for each plug-in that cannot be used, naming it and saying why; the others work.
    """
    problems: list[Problem] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
        try:
            _enter(entry.load())
        except ScenarioError as error:
            problems.append(_warning(entry, error.message))
        except Exception as error:  # a plug-in's module may raise anything when imported
            words = f"{type(error).__name__}: {error}"
            problems.append(_warning(entry, Text(f"无法导入:{words}", f"cannot be imported: {words}")))
    return tuple(problems)


def _enter(found: object) -> None:
    """Register what an entry point holds, or say in a `ScenarioError` why it is none."""
    if not (isinstance(found, type) and issubclass(found, Change)):
        raise ScenarioError(
            Text(
                f"{found!r} 不是由 yipan.scenario.change.Change 派生的类",
                f"{found!r} is no class derived from yipan.scenario.change.Change",
            )
        )
    lacks = [n for n in ("type", "label", "tables") if not hasattr(found, n)]
    if lacks:
        listed = ", ".join(lacks)
        raise ScenarioError(Text(f"缺少类变量 {listed}", f"lacks the class variables {listed}"))
    if getattr(found, "__abstractmethods__", None) or found.against is Change.against:
        left = ", ".join(sorted({*getattr(found, "__abstractmethods__", ()), "against"}))
        raise ScenarioError(Text(f"没有实现 {left}", f"does not implement all of {left}"))
    if not is_dataclass(found) or any(not isinstance(f.metadata.get("spec"), Spec) for f in fields(found)):
        raise ScenarioError(
            Text("应为数据类,且每个字段由 spec 定义", "must be a dataclass whose every field is made by spec")
        )
    if INTERVENTIONS.get(found.type) is not found:
        register(found)


def _warning(entry: EntryPoint, why: Text) -> Problem:
    return Problem(
        what=Text(f"措施插件不可用:{why.zh}", f"the plug-in cannot be used: {why.en}"),
        remedy=Text(
            f"更新或卸载提供 {entry.value} 的软件包",
            f"update or remove the package that brings {entry.value}",
        ),
        column=f"{GROUP}:{entry.name}",
        severity="warning",
    )
