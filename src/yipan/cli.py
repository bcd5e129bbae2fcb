"""The command line: ``yipan demo | new | check | measure | report | version``, and more beside it.

Modules of their own have ``plan | phase | why`` (`yipan.cli_plan`), ``propose | compare``
(`yipan.cli_compare`), ``front`` (`yipan.cli_front`), ``site`` (`yipan.cli_site`), ``track``
(`yipan.cli_track`),
``network | times | access | isochrone`` (`yipan.cli_network`), ``cells`` (`yipan.cli_cells`), ``levels``
(`yipan.cli_levels`), ``diagnose`` (`yipan.cli_diagnose`), ``index`` (`yipan.cli_index`), ``sure``
(`yipan.cli_sure`), ``coordinate`` (`yipan.cli_coordinate`) and ``targets`` (`yipan.cli_targets`).

Exit codes: 0 done; 1 the input has errors; 2 the command was called wrongly; 3 the planning problem has
no answer; 4 the ledger is broken or refuses; 5 an error of the program itself (details in a log file).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

import yipan
from yipan.cli_cells import cells
from yipan.cli_compare import COMMANDS as COMPARE
from yipan.cli_coordinate import COMMANDS as COORDINATE
from yipan.cli_diagnose import COMMANDS as DIAGNOSE
from yipan.cli_front import COMMANDS as FRONT
from yipan.cli_index import COMMANDS as INDEX
from yipan.cli_levels import COMMANDS as LEVELS
from yipan.cli_levels import level_option, show_levels
from yipan.cli_network import COMMANDS
from yipan.cli_plan import COMMANDS as PLAN
from yipan.cli_site import COMMANDS as SITE
from yipan.cli_sure import COMMANDS as SURE
from yipan.cli_targets import COMMANDS as TARGETS
from yipan.cli_track import track
from yipan.errors import LedgerError, PlanError, YipanError, errors_of
from yipan.loop import (
    STEPS,
    Clock,
    check_folder,
    free_demo_folder,
    read_plan,
    report_into,
    require_same_region,
    run_loop,
    write_json,
)
from yipan.measure import NEED_NAMES, NEEDS, Results, measure, results_to_dict
from yipan.pack import Level
from yipan.plan import describe_plan, plan_to_dict
from yipan.region import Region, example_folder
from yipan.region.read import read_checked, read_region
from yipan.region.scaffold import scaffold
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.show import ReportFiles
from yipan.text import Text

EXIT = {PlanError: 3, LedgerError: 4}
INTERNAL = 5


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(yipan.__version__, prog_name="yipan", message="%(prog)s %(version)s")
def cli() -> None:
    """Yipan 一盘: plan a metropolitan region as one board.

    把一个都市区域当作一盘棋来规划:测量、试项目、搜索方案、跟踪。

    退出码 / exit codes: 0 完成 done; 1 输入有错 input has errors; 2 用法有误 wrong call;
    3 规划问题无解 no plan; 4 台账损坏或拒绝 the ledger is broken or refuses; 5 程序自身的错误 program error.
    """


@cli.command()
@json_option
def version(*, as_json: bool) -> None:
    """版本 / Print the version."""
    click.echo(
        json.dumps({"name": "yipan", "version": yipan.__version__})
        if as_json
        else f"yipan {yipan.__version__}"
    )


@cli.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--slug", default=None, help="区域编号(默认取文件夹名)/ id of the region (default: the folder's name)"
)
@lang_option
def new(*, folder: Path, slug: str | None, lang: str | None) -> None:
    """新建带注释的空区域文件夹 / Scaffold an empty, commented region folder."""
    screen = make_screen(lang)
    scaffold(folder, slug=slug or folder.resolve().name)
    screen.say(
        f"已建 {folder};先读其中的 README.md,填写各文件,然后运行 yipan check {folder}",
        f"Made {folder}; read its README.md, fill the files in, then run: yipan check {folder}",
    )


@cli.command()
@click.argument("folder", type=FOLDER)
@json_option
@lang_option
def check(*, folder: Path, lang: str | None, as_json: bool) -> None:
    """检查区域文件夹(或 zip),列出所有问题 / Check a region folder (or zip) and list every problem."""
    screen = make_screen(lang, as_json=as_json)
    problems, size = check_folder(folder)
    errors = errors_of(problems)
    screen.json({"problems": [p.as_dict() for p in problems], "errors": len(errors), "tables": size})
    screen.problems(problems)
    rows = ", ".join(f"{name} {n:,}" for name, n in size.items() if n)
    if rows:
        screen.say(f"读到:{rows}", f"Read: {rows}")
    n, m = len(errors), len(problems) - len(errors)
    screen.say(f"{n} 个错误,{m} 个提醒", f"{n} errors, {m} warnings")
    if errors:
        sys.exit(1)


def _read(folder: Path, screen: Screen, *, strict: bool = True) -> Region:
    """Read a region, showing warnings; without `strict` also what was left out."""
    if strict:
        return read_region(folder)
    region_or_none, problems = read_checked(folder, strict=False)
    screen.problems(problems)
    return region_or_none or read_region(folder)


def _scores(screen: Screen, region: Region, results: Results) -> None:
    zh = screen.lang == "zh"
    names = [NEED_NAMES[n].in_(screen.lang) for n in NEEDS]
    header = ["分区" if zh else "zone", "片区" if zh else "cluster", *names, "指数" if zh else "index"]
    clusters = {c.id: c.name.in_(screen.lang) for c in region.meta.clusters}
    rows = [
        [
            region.zone_name(z).in_(screen.lang),
            clusters[region.cluster_of[z]],
            *_figures(results.needs.loc[z]),
        ]
        for z in results.needs.sort_values("index", ascending=False).index
    ]
    rows += [
        [clusters.get(str(c), str(c)), "", *_figures(results.clusters.loc[c])] for c in results.clusters.index
    ]
    rows.append([region.meta.name.in_(screen.lang), "", *_figures(results.total)])
    screen.table("得分(0–100)" if zh else "Scores (0–100)", header, rows)


def _figures(row: Any) -> list[str]:
    return ["–" if row[k] != row[k] else f"{row[k]:.1f}" for k in (*NEEDS, "index")]


@cli.command("measure")
@click.argument("folder", type=FOLDER)
@click.option(
    "--lenient", is_flag=True, help="有错误时仍载入可用部分 / load what is sound in spite of errors"
)
@click.option(
    "--out", type=FOLDER, default=None, help="另存 results.json / also write results.json into this folder"
)
@level_option
@json_option
@lang_option
def measure_command(
    *,
    folder: Path,
    levels: tuple[Level, ...],
    out: Path | None,
    lang: str | None,
    lenient: bool,
    as_json: bool,
) -> None:
    """测量区域:指标、四类需要得分与指数 / Measure a region: indicators, four need scores, index."""
    screen = make_screen(lang, as_json=as_json)
    region = _read(folder, screen, strict=not lenient)
    if levels:
        show_levels(screen, region, levels=levels, out=out)
        return
    results = measure(region)
    data = results_to_dict(results)
    screen.json(data)
    if out is not None:
        screen.say(f"已写 {write_json(data, out / 'results.json')}", f"Wrote {out / 'results.json'}")
    if not as_json:
        _scores(screen, region, results)
        n, gone = len(results.indicators), len(results.missing)
        screen.say(
            f"{n} 个指标,缺 {gone} 个值(原因见 --json 或报告),运行 {results.run_id}",
            f"{n} indicators, {gone} values missing (reasons: --json or report), run {results.run_id}",
        )


@cli.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--plan",
    "plan_file",
    type=FOLDER,
    default=None,
    help="yipan plan 写出的 plan.json / plan.json of yipan plan",
)
@click.option(
    "--ledger",
    type=FOLDER,
    default=None,
    help="台账,显示各项目进度灯 / ledger, to show the lamps of the projects",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("report-out"),
    show_default=True,
    help="报告文件夹 / folder of the report",
)
@json_option
@lang_option
def report(
    *, folder: Path, plan_file: Path | None, ledger: Path | None, out: Path, lang: str | None, as_json: bool
) -> None:
    """撰写报告:一份离线网页与两份 PDF / Write the report: one offline page and two PDF documents."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    found = None
    if plan_file is not None:
        found = read_plan(plan_file)
        require_same_region(found, region)
    with screen.progress() as progress:
        clock = Clock(progress)
        with clock.step("measure"):
            results = measure(region)
        with clock.step("report"):
            files = report_into(
                out, region=region, results=results, plan=found, ledger=ledger, seconds=clock.seconds
            )
    _report_files(screen, files)


def _report_files(screen: Screen, files: ReportFiles) -> None:
    paths = [files.html, *files.pdf.values()]
    screen.json({"files": [str(p) for p in paths]})
    for path in paths:
        screen.say(f"报告 {path}", f"Report {path}")


@cli.command()
@click.option(
    "--folder",
    type=FOLDER,
    default=None,
    help="区域文件夹,默认重庆示例 / region folder (default: the Chongqing example)",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("demo-out"),
    show_default=True,
    help="结果文件夹 / folder of the results",
)
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    help="2026–2035 年总预算,亿,区域的货币;默认用文件夹中的 objective.toml,否则 1000"
    " / capital 2026–2035, 1e8 of the region's currency (default: objective.toml of the folder, else 1000)",
)
@json_option
@lang_option
def demo(*, folder: Path | None, out: Path, budget: float | None, lang: str | None, as_json: bool) -> None:
    """全程示例:测量、规划、建台账、写报告 / A region through the whole loop (by default Chongqing)."""
    screen = make_screen(lang, as_json=as_json)
    target = free_demo_folder(out)
    with screen.progress() as progress:
        run = run_loop(folder or example_folder("chongqing"), target, budget=budget, progress=progress)
    screen.json(
        {
            "folder": str(target),
            "plan": plan_to_dict(run.plan),
            "seconds": run.seconds,
            "peak_mb": run.peak_mb,
        }
    )
    if as_json:
        return
    _scores(screen, run.region, run.results)
    screen.console.print(escape(describe_plan(run.plan, screen.lang)), soft_wrap=True)
    zh = screen.lang == "zh"
    rows = [[STEPS[k].in_(screen.lang), f"{v:.2f}"] for k, v in run.seconds.items()]
    rows.append(["合计" if zh else "total", f"{sum(run.seconds.values()):.2f}"])
    screen.table(
        "时间" if zh else "Where the time went", ["步骤" if zh else "step", "秒" if zh else "seconds"], rows
    )
    if run.peak_mb is not None:
        screen.say(f"内存峰值 {run.peak_mb:,.0f} MB", f"Peak memory {run.peak_mb:,.0f} MB")
    _report_files(screen, run.report)
    screen.say(
        f"台账 {target}/ledger.sqlite;试试 yipan track status {target}/ledger.sqlite",
        f"Ledger {target}/ledger.sqlite; try: yipan track status {target}/ledger.sqlite",
    )


_BESIDE = (COMMANDS, LEVELS, DIAGNOSE, INDEX, SURE, COORDINATE, TARGETS, SITE, PLAN, FRONT, COMPARE)
for _command in (track, cells, *(c for commands in _BESIDE for c in commands)):
    cli.add_command(_command)


def main(argv: list[str] | None = None) -> None:
    """Run the command line; every error is told in words, with an exit code."""
    screen = make_screen(_lang_of(sys.argv[1:] if argv is None else argv))
    try:
        cli.main(args=argv, prog_name="yipan", standalone_mode=False)
    except click.exceptions.Exit as e:
        sys.exit(e.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except YipanError as e:
        _tell(e, screen)
        sys.exit(next((code for kind, code in EXIT.items() if isinstance(e, kind)), 1))
    except OSError as e:
        _tell(_file_error(e), screen)
        sys.exit(1)
    except Exception as e:
        if os.environ.get("YIPAN_DEBUG"):
            raise
        _tell_internal(e, screen)
        sys.exit(INTERNAL)


def _lang_of(argv: list[str]) -> str | None:
    """Return the language asked for on the command line, for errors that end the command."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--lang" and following in {"zh", "en"}:
            return following
        if word in {"--lang=zh", "--lang=en"}:
            return word.removeprefix("--lang=")
    return None


def _file_error(error: OSError) -> YipanError:
    """Say in words that a file or folder cannot be read or written."""
    name, why = error.filename or "", error.strerror or str(error)
    return YipanError(
        Text(
            f"无法读写 {name}:{why};请检查权限、磁盘空间,或用 --out 换一个文件夹",
            f"cannot read or write {name}: {why}; look at permissions and disk space, or name another --out",
        )
    )


def _tell(error: YipanError, screen: Screen) -> None:
    screen.console = Console(stderr=True, highlight=False)
    screen.console.print(
        f"[bold red]{'错误' if screen.lang == 'zh' else 'Error'}[/]: {escape(error.message.in_(screen.lang))}"
    )
    screen.problems(error.problems)


def _tell_internal(error: Exception, screen: Screen) -> None:
    with tempfile.NamedTemporaryFile(
        "w", prefix="yipan-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write("".join(traceback.format_exception(error)))
    screen.console = Console(stderr=True, highlight=False)
    screen.say(
        f"程序自身出错({type(error).__name__})。详情:{log.name};请连同所用命令一起报告",
        f"The program itself failed ({type(error).__name__}); please report {log.name} with your command",
    )
