"""What commands share: the language, tables, progress bars, JSON and options."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from yipan.errors import Problem
from yipan.text import Lang, Text

FOLDER = click.Path(path_type=Path)


def default_lang() -> Lang:
    """Return the language asked for by ``YIPAN_LANG`` or by the system's locale; English otherwise."""
    for name in ("YIPAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


class Screen:
    """Where a command writes: people's text on one stream, JSON alone on standard output."""

    def __init__(self, lang: Lang, *, as_json: bool) -> None:
        self.lang: Lang = lang
        self.as_json = as_json
        self.console = Console(stderr=as_json, highlight=False)

    def say(self, zh: str, en: str) -> None:
        """Write one line in the language of the run."""
        self.console.print(escape(Text(zh, en).in_(self.lang)))

    def table(self, title: str, header: list[str], rows: list[list[str]]) -> None:
        """Write a table."""
        table = Table(title=escape(title), title_justify="left", header_style="bold")
        for name in header:
            table.add_column(escape(name), overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(table)

    def problems(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        """Write problems as a table: severity, place, what is wrong, how to mend it."""
        if not problems:
            return
        zh = self.lang == "zh"
        header = (
            ["级别", "位置", "问题", "怎么改"]
            if zh
            else ["level", "where", "what is wrong", "how to mend it"]
        )
        level = {"error": "错误" if zh else "error", "warning": "提醒" if zh else "warning"}
        rows = [
            [level[p.severity], p.where(self.lang), p.what.in_(self.lang), p.remedy.in_(self.lang)]
            for p in problems
        ]
        self.table("", header, rows)

    def json(self, data: object) -> None:
        """Write JSON to standard output when it was asked for."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int, Text], None]]:
        """Show a progress bar for as long as the block runs."""
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task("", total=None)

            def update(done: int, total: int, text: Text) -> None:
                bar.update(task, completed=done, total=total or None, description=escape(text.in_(self.lang)))

            yield update


def lang_option(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--lang``."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=None,
        help="显示语言 / language of messages (default: YIPAN_LANG or the system's)",
    )(command)


def json_option(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON for machines")(
        command
    )


def make_screen(lang: str | None, *, as_json: bool = False) -> Screen:
    """Return the screen of a command."""
    return Screen(cast("Lang", lang) if lang else default_lang(), as_json=as_json)
