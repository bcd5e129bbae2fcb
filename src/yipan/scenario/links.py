"""What projects say of one another: needs and excludes that exist, do not contradict, and never circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from difflib import get_close_matches

from yipan.errors import Problem, errors_of
from yipan.scenario.values import Project
from yipan.text import Text


def mend_links(
    found: Sequence[tuple[str, Project]],
    *,
    known: AbstractSet[str],
    refused: Sequence[tuple[str, str]] = (),
) -> tuple[tuple[Project, ...], list[Problem]]:
    """Return the projects whose needs, excludes and bundles hold, and every problem.

    Parameters
    ----------
    found
        (file, project) of each project that is sound in itself.
    known
        Ids of all projects in the files, also of those refused for another reason.
    refused
        (bundle, id) of each project refused for another reason that is in a bundle.

    Notes
    -----
    A project that needs a refused project is refused with it, and so are those in its bundle; one that
    excludes a refused project only loses that exclusion (it cannot be chosen anyway). A bundle of one
    project is a warning.
    """
    file_of = {p.id: file for file, p in found}
    projects = {p.id: p for _, p in found}
    problems: list[Problem] = []
    out: set[str] = set()
    for file, p in found:
        wrong = _unknown(p, file=file, known=known) + _contradictions(p, file=file)
        problems += wrong
        if wrong:
            out.add(p.id)
    for circle in circles({i: p.needs for i, p in projects.items()}):
        out |= set(circle)
        problems.append(_circle(circle, file=file_of[circle[0]]))
    members = bundles(p for _, p in found)
    lost = dict(refused)
    for name, ids in members.items():
        wrong = bundle_problems(name, ids, projects, file_of=file_of, lost=name in lost)
        problems += wrong
        out |= set(ids) if errors_of(wrong) else set()
    while True:
        dead = _dead(projects, members, out=out, lost=lost)
        if not dead:
            break
        out |= set(dead)
        problems += [_lost(i, n, key=key, file=file_of[i]) for i, (key, n) in dead.items()]
    sound = {i: p for i, p in projects.items() if i not in out}
    kept = (replace(p, excludes=tuple(x for x in p.excludes if x in sound)) for p in sound.values())
    return tuple(kept), problems


def mutual_excludes(
    projects: Iterable[Project], *, pairs: Iterable[tuple[str, str]] = ()
) -> tuple[Project, ...]:
    """Return the projects with excludes in both directions: when a excludes b, b excludes a.

    Ids that are not among `projects` are dropped; `pairs` are exclusions to add, except between two
    projects of one bundle, which are chosen together.
    """
    kept = list(projects)
    ids = {p.id for p in kept}
    other: dict[str, set[str]] = {i: set() for i in ids}
    named = [(p.id, x) for p in kept for x in p.excludes]
    bundle = {p.id: p.bundle for p in kept}
    added = [(a, b) for a, b in pairs if not bundle.get(a) or bundle.get(a) != bundle.get(b)]
    for a, b in [*named, *added]:
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


def bundles(projects: Iterable[Project]) -> dict[str, tuple[str, ...]]:
    """Return the ids in each bundle, in order."""
    out: dict[str, tuple[str, ...]] = {}
    for p in projects:
        if p.bundle:
            out[p.bundle] = (*out.get(p.bundle, ()), p.id)
    return out


def bundle_problems(
    name: str,
    ids: Sequence[str],
    projects: Mapping[str, Project],
    *,
    file_of: Mapping[str, str],
    lost: bool = False,
) -> list[Problem]:
    """Return what keeps a bundle from ever being chosen; a warning where it holds one project only.

    Everything it brings with it counts: what its projects need, and the bundles of those.

    Parameters
    ----------
    ids
        Projects of the bundle.
    lost
        Whether a further project of it was refused.
    """
    file, column = file_of.get(ids[0], ""), f"{ids[0]}.bundle"
    if len(ids) == 1 and not lost:
        what = Text(f"捆绑组 {name} 只有一个项目", f"the bundle {name} holds this project only")
        remedy = Text("核对组名,或删去它", "check its name, or leave it out")
        return [Problem(what=what, remedy=remedy, file=file, column=column, severity="warning")]
    brought = _brought(ids, projects)
    out = []
    for a, b in sorted(
        {(min(i, x), max(i, x)) for i in brought for x in projects[i].excludes if x in brought}
    ):
        if a == b or b in projects[a].needs or a in projects[b].needs:
            continue  # said of the project itself
        what = Text(
            f"捆绑组 {name} 需要同时有 {a} 与 {b},而二者互斥",
            f"the bundle {name} brings both {a} and {b}, which exclude each other",
        )
        remedy = Text("把其中一个移出,或删去互斥", "take one of them out, or remove the exclusion")
        out.append(Problem(what=what, remedy=remedy, file=file, column=column))
    return out


def _brought(ids: Sequence[str], projects: Mapping[str, Project]) -> set[str]:
    """Return all projects that must be chosen when these are."""
    members = bundles(projects.values())
    out: set[str] = set()
    waiting = list(ids)
    while waiting:
        i = waiting.pop()
        if i in out or i not in projects:
            continue
        out.add(i)
        waiting += [*projects[i].needs, *members.get(projects[i].bundle, ())]
    return out


def _dead(
    projects: Mapping[str, Project],
    members: Mapping[str, Sequence[str]],
    *,
    out: AbstractSet[str],
    lost: Mapping[str, str],
) -> dict[str, tuple[str, str]]:
    """Return the projects not in `out` that cannot be chosen, with the key that says so and why."""
    dead: dict[str, tuple[str, str]] = {}
    for i, p in projects.items():
        if i in out:
            continue
        needed = [n for n in p.needs if n not in projects or n in out]
        mates = [m for m in members.get(p.bundle, ()) if m in out]
        if needed:
            dead[i] = ("needs", needed[-1])
        elif mates or p.bundle in lost:
            dead[i] = ("bundle", mates[0] if mates else lost[p.bundle])
    return dead


def _lost(project: str, other: str, *, key: str, file: str) -> Problem:
    what = {
        "needs": Text(f"所需项目 {other} 有问题", f"the project {other}, which it needs, has problems"),
        "bundle": Text(
            f"同一捆绑组的项目 {other} 有问题", f"the project {other} of the same bundle has problems"
        ),
    }[key]
    return Problem(
        what=what,
        remedy=Text(f"先改正 {other}", f"mend {other} first"),
        file=file,
        column=f"{project}.{key}",
    )
