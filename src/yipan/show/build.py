"""Put the chapters of a report together, each only when its data are there."""

from __future__ import annotations

from datetime import UTC, datetime

from yipan.show.cells import quality_words
from yipan.show.chapter_argue import argue_chapter
from yipan.show.chapter_certainty import certainty_chapter
from yipan.show.chapter_coordination import coordination_chapter
from yipan.show.chapter_gains import gains_chapter
from yipan.show.chapter_headline import headline
from yipan.show.chapter_indicators import indicators_chapter
from yipan.show.chapter_method import sources_chapter
from yipan.show.chapter_plan import plan_chapter
from yipan.show.chapter_profiles import profiles_chapter
from yipan.show.chapter_projects import candidates_chapter, projects_chapter
from yipan.show.chapter_region import region_chapter
from yipan.show.chapter_robust import robust_chapter
from yipan.show.chapter_scores import gaps_chapter, scores_chapter
from yipan.show.chapter_sure import sure_chapter
from yipan.show.chapter_track import track_chapter
from yipan.show.chapter_years import years_chapter
from yipan.show.chapter_zones import groups_chapter
from yipan.show.material import Material
from yipan.show.model import Chapter, Report
from yipan.text import Text
from yipan.version import __version__


def build_report(m: Material) -> Report:
    """Return the report as a value; page, PDF and tables are all written from it."""
    chapters: list[Chapter] = [
        headline(m),
        region_chapter(m),
        scores_chapter(m),
        groups_chapter(m),
        certainty_chapter(m),
        gaps_chapter(m),
        coordination_chapter(m),
        profiles_chapter(m),
        indicators_chapter(m),
    ]
    plan = m.plan
    if plan is not None:
        chapters += [
            plan_chapter(m, plan),
            gains_chapter(m, plan),
            projects_chapter(m, plan),
        ]
        if plan.argument is not None:
            chapters.append(argue_chapter(m, plan, plan.argument))
        chapters.append(years_chapter(m, plan))
        if plan.robustness is not None or plan.regret is not None:
            chapters.append(robust_chapter(m, plan))
        chapters.append(sure_chapter(m, plan))
    elif m.projects:
        chapters.append(candidates_chapter(m, m.projects))
    if m.ledger_status is not None:
        chapters.append(track_chapter(m, m.ledger_status))
    chapters.append(sources_chapter(m))
    name = m.region.meta.name
    what = (
        Text("区域测算与投资方案", "measured and planned as one board")
        if plan is not None
        else Text("区域测算", "measured as one board")
    )
    return Report(
        title=Text(f"{name.zh}{what.zh}", f"{name.in_('en')}: {what.en}"),
        subtitle=_subtitle(m),
        facts=_facts(m),
        chapters=tuple(chapters),
        run_id=plan.run_id if plan is not None else m.results.run_id,
        version=__version__,
        date=m.date or datetime.now(UTC).date().isoformat(),
    )


def _subtitle(m: Material) -> Text:
    base = m.region.meta.base_year
    if m.plan is None:
        return Text(
            f"基准年 {base} · {len(m.region.zone_ids)} 个分区",
            f"Base year {base} · {len(m.region.zone_ids)} zones",
        )
    o = m.plan.objective
    return Text(
        f"基准年 {base} · 方案期 {o.start}–{o.end} · {len(m.region.zone_ids)} 个分区",
        f"Base year {base} · plan {o.start}–{o.end} · {len(m.region.zone_ids)} zones",
    )


def _facts(m: Material) -> tuple[tuple[Text, Text], ...]:
    run = m.plan.run_id if m.plan is not None else m.results.run_id
    rows = [str(q) for t in m.region.tables.values() if "quality" in t for q in t.array("quality")]
    return (
        (Text("运行号", "Run"), Text(run, run)),
        (Text("程序版本", "Program"), Text(f"yipan {__version__}", f"yipan {__version__}")),
        (Text("输入数据质量", "Quality of the input"), quality_words(rows)),
    )
