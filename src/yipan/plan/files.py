"""A plan as JSON and back: readable, complete, without anything that could run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from yipan.errors import PlanError, Problem
from yipan.plan.argue import argument_from_dict, argument_to_dict
from yipan.plan.argue.files import plain
from yipan.plan.objective_file import future_from_dict, objective_as_dict
from yipan.plan.phasing import Phased, Present
from yipan.plan.robust import robustness_from_dict, robustness_to_dict
from yipan.plan.values import Bound, Comparison, Missed, Objective, Plan, Reason
from yipan.scenario import project_as_dict, project_from_dict
from yipan.scenario.values import Project, Scenario, Start
from yipan.text import Text

FORMAT = "yipan-plan"
VERSION = 2
_FRAMES = (
    "path",
    "indicator_path",
    "spending",
    "before",
    "after",
    "values_before",
    "values_after",
    "clusters_before",
    "clusters_after",
)


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Return a plan as a JSON-ready mapping (NaN becomes null; money in 1e8, scores in points)."""
    o, b, c = plan.objective, plan.bound, plan.comparison
    return {
        "format": FORMAT,
        "version": VERSION,
        "run_id": plan.run_id,
        "region_id": plan.region_id,
        "objective": objective_as_dict(o) | {"words": _text(o.words())},
        "scenario": {
            "name": _text(plan.scenario.name),
            "starts": [
                {"project": s.project.id, "year": s.year, "effective": s.effective}
                for s in plan.scenario.starts
            ],
        },
        "candidates": [project_as_dict(p) for p in plan.candidates],
        "reasons": [
            {
                "project": r.project,
                "step": r.step,
                "alone": _number(r.alone),
                "at_step": _number(r.at_step),
                "lost": _number(r.lost),
                "per_cost": _number(r.per_cost),
                "gains_most": _text(r.gains_most),
                "text": _text(r.text),
            }
            for r in plan.reasons
        ],
        "missed": [
            {
                "project": m.project,
                "gain": _number(m.gain),
                "per_cost": _number(m.per_cost),
                "why": _text(m.why),
            }
            for m in plan.missed
        ],
        "bound": {
            "value": b.value,
            "upper": b.upper,
            "gap": b.gap,
            "proved": b.proved,
            "proof": _text(b.proof),
        },
        "comparison": {
            "plan": c.plan,
            "additive": c.additive,
            "additive_promised": c.additive_promised,
            "additive_projects": list(c.additive_projects),
            "base": c.base,
        },
        **{name: _frame(getattr(plan, name)) for name in _FRAMES},
        "verification": {k: _number(v) for k, v in plan.verification.items()},
        "evaluations": plan.evaluations,
        "seconds": {k: round(float(v), 4) for k, v in plan.seconds.items()},
        "argument": None if plan.argument is None else argument_to_dict(plan.argument),
        "robustness": None if plan.robustness is None else robustness_to_dict(plan.robustness),
        "phased": None if plan.phased is None else _phased(plan.phased),
        "present": None if plan.present is None else plain(asdict(plan.present)),
        "regret": None if plan.regret is None else regret_rows(plan.regret),
    }


def _phased(phased: Phased) -> dict[str, Any]:
    values = {f.name: getattr(phased, f.name) for f in fields(phased) if f.name != "path"}
    return {k: plain(v) for k, v in values.items()} | {"path": _frame(phased.path)}


def regret_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the regret in each future as JSON has it."""
    return [{"future": str(f)} | plain(row) for f, row in table.to_dict("index").items()]


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """Return the plan that `plan_to_dict` wrote.

    Raises
    ------
    PlanError
        Naming the key, when this is not such a mapping or one of its projects is unsound.
    """
    if data.get("format") != FORMAT or data.get("version") != VERSION:
        raise PlanError(
            Text(
                f"不是本程序可读的方案文件(format={data.get('format')!r}, version={data.get('version')!r});"
                "请用本版本重新运行 yipan plan",
                f"not a plan this program can read (format={data.get('format')!r},"
                f" version={data.get('version')!r}): run yipan plan again with this version",
            )
        )
    try:
        return _build(data)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise PlanError(
            Text(f"方案文件内容不完整:{e!r}", f"the plan file is incomplete or damaged: {e!r}")
        ) from e


def _build(data: Mapping[str, Any]) -> Plan:
    projects = _projects(data["candidates"])
    by_id = {p.id: p for p in projects}
    starts = tuple(Start(by_id[s["project"]], int(s["year"])) for s in data["scenario"]["starts"])
    return Plan(
        run_id=str(data["run_id"]),
        region_id=str(data["region_id"]),
        objective=_objective(data["objective"]),
        scenario=Scenario(_words(data["scenario"]["name"]), starts),
        candidates=projects,
        reasons=tuple(
            Reason(
                project=str(r["project"]),
                step=int(r["step"]),
                alone=_float(r["alone"]),
                at_step=_float(r["at_step"]),
                lost=_float(r["lost"]),
                per_cost=_float(r["per_cost"]),
                gains_most=_words(r["gains_most"]),
                text=_words(r["text"]),
            )
            for r in data["reasons"]
        ),
        missed=tuple(
            Missed(
                project=str(m["project"]),
                gain=_float(m["gain"]),
                per_cost=_float(m["per_cost"]),
                why=_words(m["why"]),
            )
            for m in data["missed"]
        ),
        bound=Bound(**{**data["bound"], "proof": _words(data["bound"]["proof"])}),
        comparison=Comparison(
            **{
                **data["comparison"],
                "additive_projects": tuple(map(str, data["comparison"]["additive_projects"])),
            }
        ),
        **(_optional(data) | {name: _table(data[name]) for name in _FRAMES}),
        verification={str(k): _float(v) for k, v in data["verification"].items()},
        evaluations=int(data["evaluations"]),
        seconds={str(k): float(v) for k, v in data["seconds"].items()},
    )


def _objective(o: Mapping[str, Any]) -> Objective:
    problems: list[Problem] = []
    futures = tuple(future_from_dict(f, k, problems) for k, f in enumerate(o.get("futures", []), start=1))
    if problems:
        raise PlanError(
            Text("方案文件中有不合格的情景", "the plan file holds unsound futures"), problems=problems
        )
    limits = {k: None if o.get(k) is None else float(o[k]) for k in ("worst_tenth", "land", "carbon")}
    return Objective(
        weights={str(k): float(v) for k, v in o["weights"].items()},
        floors={str(k): float(v) for k, v in o["floors"].items()},
        budget=float(o["budget"]),
        yearly=float(o["yearly"]),
        start=int(o["start"]),
        end=int(o["end"]),
        price_year=int(o["price_year"]),
        aim=o.get("aim", "needs"),
        at_once={str(k): int(v) for k, v in o.get("at_once", {}).items()},
        discount=float(o.get("discount", 0.0)),
        futures=tuple(f for f in futures if f is not None),
        **limits,
    )


def _optional(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that a plan may be without."""
    out: dict[str, Any] = {}
    if data.get("argument") is not None:
        out["argument"] = argument_from_dict(data["argument"])
    if data.get("robustness") is not None:
        out["robustness"] = robustness_from_dict(data["robustness"])
    if data.get("phased") is not None:
        p = dict(data["phased"])
        out["phased"] = Phased(
            **p
            | {
                "order": tuple((str(i), float(g)) for i, g in p["order"]),
                "path": _table(p["path"]),
            }
        )
    if data.get("present") is not None:
        out["present"] = Present(**data["present"])
    if data.get("regret") is not None:
        out["regret"] = pd.DataFrame(data["regret"]).set_index("future").rename_axis(None)
    return out


def _projects(rows: Sequence[Mapping[str, object]]) -> tuple[Project, ...]:
    out: list[Project] = []
    problems: list[Problem] = []
    for k, row in enumerate(rows):
        project, wrong = project_from_dict(row, file="plan.json", where=f"candidates[{k}].")
        problems += wrong
        if project is not None:
            out.append(project)
    if len(out) < len(rows):
        raise PlanError(
            Text("方案文件中有不合格的项目", "the plan file holds unsound projects"), problems=problems
        )
    return tuple(out)


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _words(data: Mapping[str, str]) -> Text:
    return Text(str(data["zh"]), str(data["en"]))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _float(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _frame(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": None if frame.index.name is None else str(frame.index.name),
        "index": [int(i) if isinstance(i, (int, np.integer)) else str(i) for i in frame.index],
        "columns": list(map(str, frame.columns)),
        "data": [[_number(v) for v in row] for row in frame.to_numpy(dtype=float)],
    }


def _table(data: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        np.array([[_float(v) for v in row] for row in data["data"]], dtype=float).reshape(
            len(data["index"]), len(data["columns"])
        ),
        index=pd.Index(data["index"], name=data["name"]),
        columns=list(data["columns"]),
    )
