"""What projects say of one another: needs and excludes that exist, do not contradict, and never circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from difflib import get_close_matches

from yipan.errors import Problem
from yipan.scenario.values import Project
from yipan.text import Text


def mend_links(
    found: Sequence[tuple[str, Project]], *, known: AbstractSet[str]
) -> tuple[tuple[Project, ...], list[Problem]]:
    """Return the projects whose needs and excludes hold, and every problem.

    Parameters
    ----------
    found
        (file, project) of each project that is sound in itself.
    known
        Ids of all projects in the files, also of those refused for another reason.

    Notes
    -----
    A project that needs a refused project is refused with it; one that excludes a refused project only
    loses that exclusion (it cannot be chosen anyway).
    """
    file_of = {p.id: file for file, p in found}
    projects = {p.id: p for _, p in found}
    problems: list[Problem] = []
    refused: set[str] = set()
    for file, p in found:
        wrong = _unknown(p, file=file, known=known) + _contradictions(p, file=file)
        problems += wrong
        if wrong:
            refused.add(p.id)
    for circle in circles({i: p.needs for i, p in projects.items()}):
        refused |= set(circle)
        problems.append(_circle(circle, file=file_of[circle[0]]))
    while True:
        dead = {
            i: n
            for i, p in projects.items()
            if i not in refused
            for n in p.needs
            if n not in projects or n in refused
        }
        if not dead:
            break
        refused |= set(dead)
        problems += [_needs_refused(i, n, file=file_of[i]) for i, n in dead.items()]
    sound = {i: p for i, p in projects.items() if i not in refused}
    kept = (replace(p, excludes=tuple(x for x in p.excludes if x in sound)) for p in sound.values())
    return tuple(kept), problems


def mutual_excludes(
    projects: Iterable[Project], *, pairs: Iterable[tuple[str, str]] = ()
) -> tuple[Project, ...]:
    """Return the projects with excludes in both directions: when a excludes b, b excludes a.

    Ids that are not among `projects` are dropped; `pairs` are exclusions to add.
    """
    kept = list(projects)
    ids = {p.id for p in kept}
    other: dict[str, set[str]] = {i: set() for i in ids}
    named = [(p.id, x) for p in kept for x in p.excludes]
    for a, b in [*named, *pairs]:
        if a in ids and b in ids and a != b:
            other[a].add(b)
            other[b].add(a)
    return tuple(replace(p, excludes=_ordered(p.excludes, other[p.id])) for p in kept)


def circles(needs: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return every circle of needs once, as the ids in it, in order of need.

    Examples
    --------
    >>> circles({"a": ["b"], "b": ["c"], "c": ["b"]})
    [('b', 'c')]
    """
    state: dict[str, int] = {}  # 1 on the way, 2 done
    out: list[tuple[str, ...]] = []
    for start in needs:
        if start in state:
            continue
        state[start] = 1
        way, waiting = [start], [iter(needs[start])]
        while way:
            following = next(waiting[-1], None)
            if following is None:
                state[way.pop()] = 2
                waiting.pop()
            elif state.get(following) == 1:
                out.append(tuple(way[way.index(following) :]))
            elif following in needs and following not in state:
                state[following] = 1
                way.append(following)
                waiting.append(iter(needs[following]))
    return out


def _ordered(first: Sequence[str], wanted: set[str]) -> tuple[str, ...]:
    """Return the wanted ids: those already named in their order, the others sorted."""
    named = [i for i in dict.fromkeys(first) if i in wanted]
    return (*named, *sorted(wanted - set(named)))


def _unknown(project: Project, *, file: str, known: AbstractSet[str]) -> list[Problem]:
    out = []
    for key, ids in (("needs", project.needs), ("excludes", project.excludes)):
        for i in ids:
            if i in known:
                continue
            near = get_close_matches(i, sorted(known), n=1)
            hint = Text(f"改为 {near[0]},或", f"write {near[0]}, or ") if near else Text("", "")
            out.append(
                Problem(
                    what=Text(f"没有项目 {i}", f"there is no project {i}"),
                    remedy=Text(f"{hint.zh}删去它", f"{hint.en}remove it"),
                    file=file,
                    column=f"{project.id}.{key}",
                )
            )
    return out


def _contradictions(project: Project, *, file: str) -> list[Problem]:
    out = []
    for i in sorted(set(project.needs) & set(project.excludes)):
        out.append(
            Problem(
                what=Text(f"既需要又排斥 {i}", f"both needs and excludes {i}"),
                remedy=Text("删去其中一个", "remove one of the two"),
                file=file,
                column=f"{project.id}.excludes",
            )
        )
    if project.id in project.excludes:
        out.append(
            Problem(
                what=Text("排斥自身", "excludes itself"),
                remedy=Text("删去自身的编号", "remove its own id"),
                file=file,
                column=f"{project.id}.excludes",
            )
        )
    return out


def _circle(ids: Sequence[str], *, file: str) -> Problem:
    shown = " → ".join([*ids, ids[0]])
    return Problem(
        what=Text(f"前置项目成环:{shown}", f"needs go in a circle: {shown}"),
        remedy=Text("删去其中一个 needs", "remove one of these needs"),
        file=file,
        column=f"{ids[0]}.needs",
    )


def _needs_refused(project: str, needed: str, *, file: str) -> Problem:
    return Problem(
        what=Text(f"所需项目 {needed} 有问题", f"the project {needed}, which it needs, has problems"),
        remedy=Text(f"先改正 {needed}", f"mend {needed} first"),
        file=file,
        column=f"{project}.needs",
    )
