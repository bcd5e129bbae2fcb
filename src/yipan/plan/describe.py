"""A plan in words and plain tables, in either language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from yipan.plan.argue import describe_argument
from yipan.plan.grid import grid
from yipan.plan.phase import POPULATION_CONSTANT
from yipan.plan.robust import describe_robustness
from yipan.plan.values import Plan
from yipan.text import Lang, Text

T = TypeVar("T")

_HEAD = {
    "objective": Text("目标", "Objective"),
    "result": Text("结果", "Result"),
    "projects": Text("入选项目", "Chosen projects"),
    "reasons": Text("理由", "Reasons"),
    "missed": Text("差一点入选", "Just missed"),
    "path": Text("逐年路径", "Path by year"),
    "bound": Text("与最优的距离", "Distance to the optimum"),
    "additive": Text("与“单项得分相加”的比较", "Against adding stand-alone scores"),
    "checks": Text("复测", "Measured again"),
    "years": Text("年份与现值", "Years and present value"),
    "argument": Text("备选、门槛与资金", "Alternatives, thresholds and money"),
    "robust": Text("稳健性", "Robustness"),
    "regret": Text("各情景下的遗憾", "Regret in each future"),
}


def describe_plan(plan: Plan, lang: Lang = "en") -> str:
    """Return a plan as readable text: objective, projects by year, reasons, near misses, path, bound.

    Money in 1e8 of the currency at the objective's prices, scores and gains in points. Seconds are left
    out, so that equal plans read equal.
    """
    blocks = [
        ("objective", [plan.objective.words().in_(lang)]),
        ("result", _result(plan, lang)),
        ("projects", _projects(plan, lang)),
        ("reasons", [f"{r.step}. {_name(plan, r.project, lang)}: {r.text.in_(lang)}" for r in plan.reasons]),
        ("missed", _missed(plan, lang)),
        ("path", [*_path(plan, lang), POPULATION_CONSTANT.in_(lang)]),
        ("additive", [_comparison(plan).in_(lang)]),
        ("bound", [plan.bound.proof.in_(lang)]),
        ("years", [w.words().in_(lang) for w in (plan.phased, plan.present) if w is not None]),
        ("argument", _lines(plan.argument, describe_argument, lang)),
        ("robust", _lines(plan.robustness, describe_robustness, lang)),
        ("regret", _regret(plan, lang)),
        ("checks", [f"{k} = {v:g}" for k, v in plan.verification.items() if "seconds" not in k]),
    ]
    title = f"{plan.scenario.name.in_(lang)}  [{plan.run_id}]"
    parts = [title, *("\n".join((f"## {_HEAD[k].in_(lang)}", *lines)) for k, lines in blocks if lines)]
    return "\n\n".join(parts) + "\n"


def _lines(part: T | None, describe: Callable[[T, Lang], str], lang: Lang) -> list[str]:
    return [] if part is None else describe(part, lang).rstrip().split("\n")


def _regret(plan: Plan, lang: Lang) -> list[str]:
    if plan.regret is None:
        return []
    names = {f.id: f.name.in_(lang) for f in plan.objective.futures}
    columns = (
        ["情景", "现状", "最好", "方案", "遗憾"]
        if lang == "zh"
        else ["future", "base", "best", "plan", "regret"]
    )
    rows = [
        [names.get(str(f), str(f)), *(f"{float(r[c]):.3f}" for c in ("base", "best", "plan", "regret"))]
        for f, r in plan.regret.to_dict("index").items()
    ]
    return grid(columns, rows)


def _name(plan: Plan, project: str, lang: Lang) -> str:
    return next((p.name.in_(lang) for p in plan.candidates if p.id == project), project)


def _result(plan: Plan, lang: Lang) -> list[str]:
    c = plan.comparison
    cost = sum(s.project.cost for s in plan.scenario.starts)
    head = Text(
        f"{len(plan.scenario.starts)} 个项目,资本 {cost:.1f} 亿;目标值由 {c.base:.3f} 升至 {c.plan:.3f}"
        f"({c.plan - c.base:+.3f} 分)",
        f"{len(plan.scenario.starts)} projects, capital {cost:.1f} (1e8); the objective rises from"
        f" {c.base:.3f} to"
        f" {c.plan:.3f} ({c.plan - c.base:+.3f} points)",
    )
    rows = [
        [str(k), f"{plan.clusters_before.loc[k, 'index']:.2f}", f"{plan.clusters_after.loc[k, 'index']:.2f}"]
        for k in plan.clusters_before.index
    ]
    columns = ["片区", "指数前", "指数后"] if lang == "zh" else ["cluster", "index before", "index after"]
    return [head.in_(lang), *grid(columns, rows)]


def _projects(plan: Plan, lang: Lang) -> list[str]:
    reasons = {r.project: r for r in plan.reasons}
    rows = [
        [
            s.project.id,
            s.project.name.in_(lang),
            str(s.year),
            str(s.effective),
            f"{s.project.cost:.1f}",
            f"{reasons[s.project.id].at_step:+.3f}",
            f"{reasons[s.project.id].lost:.3f}",
        ]
        for s in plan.scenario.starts
    ]
    columns = (
        ["编号", "项目", "开工", "见效", "资本", "此步增益", "缺它损失"]
        if lang == "zh"
        else ["id", "project", "start", "effect", "capital", "gain at step", "lost without"]
    )
    return grid(columns, rows)


def _missed(plan: Plan, lang: Lang) -> list[str]:
    return [
        f"{_name(plan, m.project, lang)} ({m.project}): {m.gain:+.3f}; {m.why.in_(lang)}" for m in plan.missed
    ]


def _path(plan: Plan, lang: Lang) -> list[str]:
    columns = list(plan.path.columns)
    rows = [
        [
            str(y),
            f"{plan.spending.loc[y, 'capital']:.1f}",
            f"{plan.spending.loc[y, 'upkeep']:.1f}",
            *(f"{plan.path.loc[y, c]:.2f}" for c in columns),
        ]
        for y in plan.path.index
    ]
    head = ["年", "资本", "运维"] if lang == "zh" else ["year", "capital", "upkeep"]
    return grid([*head, *map(str, columns)], rows)


def _comparison(plan: Plan) -> Text:
    c = plan.comparison
    return Text(
        f"单项得分相加选出 {len(c.additive_projects)} 个项目,许诺 {c.additive_promised:.3f} 分,实测"
        f" {c.additive:.3f} 分;"
        f"本方案实测 {c.plan:.3f} 分,多 {c.plan - c.additive:.3f} 分。",
        f"Adding stand-alone scores chooses {len(c.additive_projects)} projects and promises"
        f" {c.additive_promised:.3f} points; measured together they give {c.additive:.3f}. This plan"
        " measures"
        f" {c.plan:.3f}, {c.plan - c.additive:.3f} more.",
    )
