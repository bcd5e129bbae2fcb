"""Taking projects out of a scenario again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yipan.errors import Problem, ScenarioError, errors_of
from yipan.region.value import Region
from yipan.scenario.apply import apply as applied
from yipan.scenario.apply import resolve
from yipan.scenario.change import missing, problem
from yipan.scenario.values import Project, Scenario
from yipan.text import Text


def undo(
    scenario: Scenario, projects: str | Sequence[str] | None = None, *, region: Region | None = None
) -> Scenario:
    """Return the scenario without its last project, or without those named; the one given stays as it is.

    Parameters
    ----------
    projects
        An id, or several that go together (a bundle, a project and what needs it). By default the last.
    region
        The region the scenario starts from. With it, the projects left are tried on it, too: one may build on
        what another has made without saying so in `needs`.

    Raises
    ------
    ScenarioError
        When the scenario is empty or has no such project; when a project left needs one taken out, is of its
        bundle, or can no longer be applied. Each such project is named.

    Examples
    --------
    >>> from yipan.region.schema import Quality
    >>> from yipan.scenario.values import Start
    >>> p = Project(id="x", name=Text("甲", "X"), owner=Text("", ""), zones=("A",), price_year=2020,
    ...             interventions=(), capital=(1.0,), upkeep=0.0, life=30, source="s",
    ...             quality=Quality.ASSUMED, because=Text("", ""))
    >>> undo(Scenario(Text("甲", "A"), (Start(p, 2026),))).starts
    ()
    """
    there = [s.project.id for s in scenario.starts]
    gone = _named(projects, there)
    left = [s for s in scenario.starts if s.project.id not in gone]
    out = {s.project.id: s.project for s in scenario.starts if s.project.id in gone}
    problems = [p for s in left for p in _held(s.project, out)]
    if region is not None and not problems:
        problems = _unapplied(region, [s.project for s in left])
    if problems:
        raise ScenarioError(
            Text(f"不能撤回 {'、'.join(gone)}", f"{', '.join(gone)} cannot be taken out"), problems=problems
        )
    return replace(scenario, starts=tuple(left))


def _named(projects: str | Sequence[str] | None, there: Sequence[str]) -> tuple[str, ...]:
    if not there:
        what = ("情景中没有项目", "the scenario has no project")
        remedy = ("没有可撤回的", "there is nothing to take out")
        raise ScenarioError(Text(*what), problems=[problem("", what, remedy)])
    wanted = there[-1:] if projects is None else [projects] if isinstance(projects, str) else projects
    problems = [p for i in wanted for p in missing("starts", i, there, ("项目", "project"))]
    if problems:
        raise ScenarioError(Text("情景中没有这个项目", "the scenario has no such project"), problems=problems)
    return tuple(dict.fromkeys(wanted))


def _held(left: Project, out: dict[str, Project]) -> list[Problem]:
    """Return why a project that is left holds some that are taken out."""
    found = []
    for i, gone in out.items():
        needs, together = i in left.needs, bool(gone.bundle) and gone.bundle == left.bundle
        if needs or together:
            why = (f"需要 {i}", f"needs {i}") if needs else (f"与 {i} 捆绑", f"is bundled with {i}")
            found.append(
                problem(
                    f"{left.id}.{'needs' if needs else 'bundle'}",
                    (f"{left.name.in_('zh')} {why[0]}", f"{left.name.in_('en')} {why[1]}"),
                    (f"连同 {left.id} 一起撤回", f"take {left.id} out as well"),
                )
            )
    return found


def _unapplied(region: Region, projects: Sequence[Project]) -> list[Problem]:
    problems: list[Problem] = []
    for p in projects:
        wrong = errors_of(resolve(region, p))
        problems += wrong
        if not wrong:
            region = applied(region, p)
    return problems
