"""``yipan track``: lamps, progress reports, slips, forecasts and the soundness of a ledger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from yipan.errors import LedgerError, errors_of
from yipan.loop import read_plan, require_same_region, today
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text
from yipan.track import (
    LAMPS,
    Head,
    Ledger,
    Progress,
    Slip,
    Status,
    ValueFound,
    describe_forecast,
    event_as_dict,
    reforecast,
    status,
)

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_LEDGER = click.argument("ledger", type=FOLDER)
_ON = click.option(
    "--on", "day", type=_DAY, default=None, help="报告日期,默认今天 / date of the report (default: today)"
)
_NOTE = click.option("--note", default="", help="说明 / note")
_ROLE = click.option("--role", default="", help="报告者的职务(不写姓名)/ role of who reports (no names)")


def _on(day: datetime | None) -> date:
    return day.date() if day else today()


@click.group()
def track() -> None:
    """跟踪方案:进度灯、报告、推迟、再预测 / Track a plan: lamps, reports, slips, forecasts."""


@track.command("status")
@_LEDGER
@click.option(
    "--today",
    "day",
    type=_DAY,
    default=None,
    help="按哪一天判断,默认今天 / the day to judge by (default: today)",
)
@json_option
@lang_option
def status_command(*, ledger: Path, day: datetime | None, lang: str | None, as_json: bool) -> None:
    """各项目的进度灯 / The lamp of every project."""
    screen = make_screen(lang, as_json=as_json)
    found = status(Ledger(ledger), _on(day))
    screen.json({"today": str(found.today), "projects": [_as_json(asdict(p)) for p in found.projects]})
    if not as_json:
        _lamps(screen, found)


def _as_json(row: dict[str, object]) -> dict[str, object]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in row.items()}


def _lamps(screen: Screen, found: Status) -> None:
    zh = screen.lang == "zh"
    header = (
        ["灯", "项目", "责任单位", "见效(计划→预计)", "已支出/概算(亿元)", "原因"]
        if zh
        else ["lamp", "project", "owner", "effect (planned → expected)", "spent / promised (1e8)", "why"]
    )
    rows = [
        [
            f"{p.symbol} {LAMPS[p.lamp][1].in_(screen.lang)}",
            p.name.in_(screen.lang),
            p.owner.in_(screen.lang),
            f"{p.effective_planned} → {p.effective_expected}",
            f"{'–' if p.spent is None else format(p.spent, '.1f')} / {p.promised_cost:.1f}",
            p.why.in_(screen.lang),
        ]
        for p in found.projects
    ]
    screen.table(f"{found.plan.in_(screen.lang)} · {found.today}", header, rows)
    screen.console.print(found.rules.in_(screen.lang))


@track.command("record")
@_LEDGER
@click.argument("project")
@_ON
@click.option("--milestone", default="", help="已完成的节点 / milestone reached")
@click.option(
    "--share", type=click.FloatRange(0, 1), default=None, help="完成比例 0–1 / share of the works done"
)
@click.option(
    "--spent", type=click.FloatRange(min=0), default=None, help="累计支出,亿元 / capital spent so far, 1e8"
)
@_NOTE
@_ROLE
@lang_option
def record_command(
    *,
    ledger: Path,
    project: str,
    day: datetime | None,
    milestone: str,
    share: float | None,
    spent: float | None,
    note: str,
    role: str,
    lang: str | None,
) -> None:
    """记入进度报告 / Record a report on a project."""
    event = Progress(
        project=project, on=str(_on(day)), milestone=milestone, share=share, spent=spent, note=note, role=role
    )
    _record(ledger, event, make_screen(lang))


@track.command("slip")
@_LEDGER
@click.argument("project")
@click.option(
    "--year", type=int, required=True, help="现在预计的见效年份 / year it is now expected to take effect"
)
@_ON
@_NOTE
@_ROLE
@lang_option
def slip_command(
    *, ledger: Path, project: str, year: int, day: datetime | None, note: str, role: str, lang: str | None
) -> None:
    """记入推迟 / Record that a project slips."""
    event = Slip(project=project, on=str(_on(day)), effective=year, note=note, role=role)
    _record(ledger, event, make_screen(lang))


@track.command("found")
@_LEDGER
@click.argument("indicator")
@click.option("--year", type=int, required=True, help="年份 / year")
@click.option("--value", type=float, required=True, help="实测值 / value measured")
@click.option("--scope", default="region", show_default=True, help="region、cluster:编号、zone:编号 / scope")
@click.option("--source", required=True, help="来源 / source")
@_NOTE
@lang_option
def found_command(
    *,
    ledger: Path,
    indicator: str,
    year: int,
    value: float,
    scope: str,
    source: str,
    note: str,
    lang: str | None,
) -> None:
    """记入实测的指标值 / Record what an indicator was really measured to be."""
    event = ValueFound(indicator=indicator, scope=scope, year=year, value=value, source=source, note=note)
    _record(ledger, event, make_screen(lang))


def _record(ledger: Path, event: Progress | Slip | ValueFound, screen: Screen) -> None:
    entry = Ledger(ledger).record(event)
    screen.say(
        f"已记入第 {entry.seq} 条,散列 {entry.hash[:12]}",
        f"Recorded as event {entry.seq}, hash {entry.hash[:12]}",
    )


@track.command("forecast")
@_LEDGER
@click.option("--region", "folder", type=FOLDER, required=True, help="区域文件夹 / region folder")
@click.option("--plan", "plan_file", type=FOLDER, required=True, help="plan.json")
@click.option(
    "--today", "day", type=_DAY, default=None, help="按哪一天判断 / the day to judge by (default: today)"
)
@json_option
@lang_option
def forecast_command(
    *, ledger: Path, folder: Path, plan_file: Path, day: datetime | None, lang: str | None, as_json: bool
) -> None:
    """按现在的进度重新预测,并与承诺比较 / Forecast again and compare with what was promised."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    plan = read_plan(plan_file)
    require_same_region(plan, region)
    with screen.progress() as progress:
        progress(0, 0, Text("重新预测", "forecasting"))
        found = reforecast(Ledger(ledger), region, plan, today=_on(day))
    screen.json(
        {
            "today": str(found.today),
            "moved": [asdict(m) for m in found.moved],
            "promised": {str(y): row.dropna().to_dict() for y, row in found.promised.iterrows()},
            "expected": {str(y): row.dropna().to_dict() for y, row in found.expected.iterrows()},
        }
    )
    if not as_json:
        screen.console.print(describe_forecast(found, screen.lang), markup=False, soft_wrap=True)


@track.command("log")
@_LEDGER
@json_option
@lang_option
def log_command(*, ledger: Path, lang: str | None, as_json: bool) -> None:
    """台账中的全部事件 / Every event of the ledger, in order."""
    screen = make_screen(lang, as_json=as_json)
    entries = Ledger(ledger).entries()
    screen.json([{"seq": e.seq, "at": e.at, "hash": e.hash, **event_as_dict(e.event)} for e in entries])
    if not as_json:
        zh = screen.lang == "zh"
        rows = [[str(e.seq), e.at, e.event.type, str(event_as_dict(e.event)), e.hash[:12]] for e in entries]
        header = (
            ["序号", "时间(UTC)", "类型", "内容", "散列"]
            if zh
            else ["no.", "time (UTC)", "type", "content", "hash"]
        )
        screen.table("", header, rows)


@track.command("verify")
@_LEDGER
@click.option(
    "--head",
    "noted",
    default=None,
    metavar="SEQ:HASH",
    help="另存的末尾散列,如 12:9f… / head noted earlier, e.g. 12:9f…",
)
@json_option
@lang_option
def verify_command(*, ledger: Path, noted: str | None, lang: str | None, as_json: bool) -> None:
    """检验台账是否被改动 / Verify that nothing in the ledger was changed."""
    screen = make_screen(lang, as_json=as_json)
    book = Ledger(ledger)
    problems = book.verify(head=_head(noted))
    head = book.head()
    screen.json({"head": {"seq": head.seq, "hash": head.hash}, "problems": [p.as_dict() for p in problems]})
    screen.problems(problems)
    if errors_of(problems):
        raise LedgerError(Text("台账被改动过", "the ledger was changed"))
    screen.say(
        f"台账完好:{head.seq} 条事件。请另存末尾散列,以后用 --head 核对:{head.seq}:{head.hash}",
        f"The ledger is whole: {head.seq} events. Note its head elsewhere, and check it later with"
        f" --head {head.seq}:{head.hash}",
    )


def _head(noted: str | None) -> Head | None:
    if noted is None:
        return None
    seq, _, digest = noted.partition(":")
    if not (seq.isdecimal() and digest):
        raise click.BadParameter("写成 12:9f… / write it as 12:9f…", param_hint="--head")
    return Head(int(seq), digest)
