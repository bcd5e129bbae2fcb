"""Write the report: one page, one PDF a language, and every table as CSV."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from yipan.errors import Problem
from yipan.measure.values import Results
from yipan.plan.values import Plan
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.show.build import build_report
from yipan.show.fonts import lacking, lacking_problem
from yipan.show.html import page
from yipan.show.material import Material
from yipan.show.model import Report
from yipan.show.pdf import pdf
from yipan.show.tables import write_tables
from yipan.text import LANGS, Lang
from yipan.track.status import Status

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was written: page, PDF by language, tables; and warnings (characters without a glyph)."""

    html: Path
    pdf: Mapping[str, Path]
    tables: tuple[Path, ...]
    problems: tuple[Problem, ...]


def write_report(
    folder: str | Path,
    *,
    region: Region,
    results: Results,
    plan: Plan | None = None,
    after: Results | None = None,
    projects: Sequence[Project] | None = None,
    ledger_status: Status | None = None,
    timings: Mapping[str, float] | None = None,
    langs: Sequence[Lang] = LANGS,
    date: str = "",
) -> ReportFiles:
    """Write ``report.html``, ``report.LANG.pdf`` and ``tables/*.csv`` into a folder.

    Parameters
    ----------
    region, results
        The region and what was measured of it.
    plan
        Adds the chapters on the plan, its projects, its years and how sure it is.
    after
        What was measured of the region with the plan carried out; replaces the plan's own values after.
    projects
        Candidates to list where there is no plan.
    ledger_status
        Adds the chapter on delivery.
    timings
        Seconds by step, for "where the time went".
    langs
        Languages; with two the page has a switch, and there is a PDF for each.
    date
        Date on the cover (ISO); today when it is blank.

    Returns
    -------
    ReportFiles
        Paths, and a warning that lists the characters the report's font does not have, if there are any.

    Raises
    ------
    ShowError
        The fonts are missing, or the PDF cannot be made. Nothing is half-written.

    Examples
    --------
    >>> import tempfile
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> files = write_report(tempfile.mkdtemp(), region=tiny, results=measure(tiny), langs=("en",))
    >>> files.html.name, sorted(files.pdf), files.problems
    ('report.html', ['en'], ())
    """
    material = Material(
        region=region,
        results=results,
        plan=plan,
        after=after,
        projects=projects,
        ledger_status=ledger_status,
        timings=timings,
        date=date,
    )
    return write_built(folder, build_report(material), langs=langs)


def write_built(folder: str | Path, report: Report, *, langs: Sequence[Lang] = LANGS) -> ReportFiles:
    """Write a report that has been built: everything is made in memory first, then put in place."""
    folder = Path(folder)
    with ThreadPoolExecutor(len(langs)) as pool:  # Typst works beside Python: the page is made meanwhile
        jobs = {lang: pool.submit(pdf, report, lang) for lang in langs}
        text = page(report, langs=langs)
        documents = {lang: job.result() for lang, job in jobs.items()}
    gone = lacking(text)
    problems = (lacking_problem(gone),) if gone else ()
    for problem in problems:
        log.warning(problem.line("en"))
    folder.mkdir(parents=True, exist_ok=True)
    html = _put(folder / "report.html", text.encode())
    pdfs: dict[str, Path] = {
        lang: _put(folder / f"report.{lang}.pdf", data) for lang, data in documents.items()
    }
    return ReportFiles(html, pdfs, write_tables(folder / "tables", report), problems)


def _put(path: Path, data: bytes) -> Path:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(data)
    part.replace(path)
    return path
