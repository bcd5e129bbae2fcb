"""A plan in words and plain tables, in either language."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.plan.phase import POPULATION_CONSTANT
from yipan.plan.values import Plan
from yipan.text import Lang, Text

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
        ("checks", [f"{k} = {v:g}" for k, v in plan.verification.items() if "seconds" not in k]),
    ]
    title = f"{plan.scenario.name.in_(lang)}  [{plan.run_id}]"
    parts = [title, *("\n".join((f"## {_HEAD[k].in_(lang)}", *lines)) for k, lines in blocks)]
    return "\n\n".join(parts) + "\n"


def _name(plan: Plan, project: str, lang: Lang) -> str:
    return next((p.name.in_(lang) for p in plan.candidates if p.id == project), project)


def _result(plan: Plan, lang: Lang) -> list[str]:
    c = plan.comparison
    cost = sum(s.project.cost for s in plan.scenario.starts)
    head = Text(
        f"{len(plan.scenario.starts)} 个项目,资本 {cost:.1f} 亿元;目标值由 {c.base:.3f} 升至 {c.plan:.3f}"
        f"({c.plan - c.base:+.3f} 分)",
        f"{len(plan.scenario.starts)} projects, capital {cost:.1f}; the objective rises from"
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


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a plain text table; Chinese characters count as two columns wide."""
    widths = [max(width(r[k]) for r in [columns, *rows]) for k in range(len(columns))]
    return [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in [columns, *rows]
    ]


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if ord(ch) > 0x2E7F else 1 for ch in text)
