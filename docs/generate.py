"""Write the pages of the documentation that come from the program itself (`make docs` runs this).

Indicators, interventions, unit costs, files, options, commands, the public API and the changelog are
generated, so they cannot disagree with the code; pages written by hand stand beside them. Generated pages
are not committed.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import click

import yipan
from yipan.cli import cli
from yipan.measure.pages import write_pages
from yipan.network import times
from yipan.network.streets.words import HEADER, rules_table
from yipan.options import OPTIONS
from yipan.plan import bound
from yipan.plan.pages import write_cost_page, write_intervention_pages
from yipan.region.guide import guide

DOCS = Path(__file__).resolve().parent

MODULES: dict[str, str] = {
    "measure": "measure.md",
    "measure.diagnose": "measure.md",
    "measure.recipe": "index-recipe.md",
    "measure.weights": "index-recipe.md",
    "measure.aggregate": "index-recipe.md",
    "measure.sure": "uncertainty.md",
    "measure.coordination": "coordination.md",
    "measure.outlook": "measure.md",
    "inequality": "measure.md",
    "network": "travel-times.md",
    "scenario": "your-region.md",
    "scenario.change": "your-region.md",
    "plan": "plan.md",
    "plan.objective_file": "objective.md",
    "plan.phasing": "objective.md",
    "plan.argue": "why.md",
    "plan.robust": "robustness.md",
    "plan.regret": "objective.md",
    "plan.compare": "plan.md",
    "plan.pareto": "plan.md",
    "plan.front": "plan.md",
    "plan.verify": "plan.md",
    "plan.siting.region": "siting.md",
    "plan.siting.outcome": "siting.md",
    "plan.siting.words": "siting.md",
    "plan.siting.median": "siting.md",
    "plan.siting.center": "siting.md",
    "plan.siting.cover": "siting.md",
    "plan.siting.set_cover": "siting.md",
    "plan.siting.capacity": "siting.md",
    "plan.siting.equity": "siting.md",
    "plan.cluster": "cluster.md",
    "track": "track.md",
}
"""Modules beside the public names of `yipan` that a user may import, each with the page that explains it."""


def options_page() -> str:
    """Return the table of options."""
    rows = [
        f"| `{o.name}` | `{o.variable}` | {o.default:,} {o.unit} | {o.label.zh} · {o.label.en} |"
        for o in OPTIONS.values()
    ]
    return "\n".join(
        [
            "# Options 选项",
            "",
            "Options are about the machine, never a region. Set them in the environment or for a block:",
            "",
            "```python",
            "from yipan import options",
            "",
            'with options.using({"network.cache_mb": 256}):',
            "    ...",
            "```",
            "",
            "| option | environment | default | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def commands(command: click.Command, name: str) -> Iterator[str]:
    """Yield the help text of a command and of its subcommands."""
    with click.Context(command, info_name=name, max_content_width=100) as context:
        yield f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for key in sorted(command.commands):
            yield from commands(command.commands[key], f"{name} {key}")


def api_page() -> str:
    """Return signature and docstring of every public name."""
    out = [
        "# Python API\n",
        "Everything below is imported from `yipan`. Verbs are free functions; values are frozen.\n",
    ]
    for name in sorted((n for n in yipan.__all__ if not n.startswith("_")), key=str.casefold):
        thing = getattr(yipan, name)
        if inspect.ismodule(thing):
            continue
        kind = "class" if inspect.isclass(thing) else "def"
        try:
            signature = str(inspect.signature(thing))
        except (ValueError, TypeError):
            signature = ""
        out.append(f"## {name}\n\n```python\n{kind} {name}{signature}\n```\n")
        out.append(f"```text\n{inspect.getdoc(thing) or ''}\n```\n")
    out.append(
        "# Modules\n\nWhat else may be imported, by module, one line each. Signatures, formulas and"
        " examples: `help(yipan.plan.argue.why)`, for instance.\n"
    )
    return "\n".join([*out, *map(module_section, MODULES)])


def module_section(name: str) -> str:
    """Return a table of what a module offers, one line each; names that `yipan` itself offers stand above."""
    module = importlib.import_module(f"yipan.{name}")
    own = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    offered = sorted(getattr(module, "__all__", own), key=str.casefold)
    rows = []
    for n in offered:
        thing = getattr(module, n)
        if (
            n.startswith("_")
            or n in yipan.__all__
            or not (inspect.isclass(thing) or inspect.isroutine(thing))
        ):
            continue
        doc = first_line(thing).replace("|", "\\|")
        rows.append(f"| `{n}` | {'class' if inspect.isclass(thing) else 'function'} | {doc} |")
    page = MODULES[name] if (DOCS / MODULES[name]).is_file() else ""
    more = f"\n[Explained here]({page}).\n" if page else ""
    head = f"## yipan.{name}\n\n{first_line(module)}\n{more}\n| name | | what it does |\n|---|---|---|"
    return "\n".join([head, *rows, ""])


def first_line(thing: object) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def street_rules_page() -> str:
    """Return the access rules and speeds of streets, in both languages."""
    words = [[t.en if t.en == t.zh else f"{t.en} · {t.zh}" for t in row] for row in (HEADER, *rules_table())]
    header, *rows = ["| " + " | ".join(row) + " |" for row in words]
    intro = (
        "What the tags of OpenStreetMap mean for each mode, as `yipan.network.streets.rules` reads them."
        " Speeds are assumptions."
    )
    title = "# Access rules and speeds 通行规则与速度"
    return "\n".join([title, "", intro, "", header, "|---|---|---|---|", *rows, ""])


def docstring_page(title: str, intro: str, doc: str | None) -> str:
    """Return a page made of a module's own description of its method."""
    return f"# {title}\n\n{intro}\n\n```text\n{inspect.cleandoc(doc or '')}\n```\n"


def main() -> None:
    """Write every generated page."""
    write_pages(DOCS / "indicators")
    write_intervention_pages(DOCS / "interventions")
    pages = {
        "options.md": options_page(),
        "files.md": guide(),
        "cli.md": "# Command line 命令行\n\n" + "\n".join(commands(cli, "yipan")),
        "api.md": api_page(),
        "street-rules.md": street_rules_page(),
        "method-times.md": docstring_page(
            "Travel times: the exact definition", "From `yipan.network.times`.", times.__doc__
        ),
        "method-bound.md": docstring_page("The bound", "From `yipan.plan.bound`.", bound.__doc__),
        "chongqing.md": (DOCS.parent / "examples" / "chongqing" / "README.md").read_text(encoding="utf-8"),
        "helsinki.md": (DOCS.parent / "examples" / "helsinki" / "README.md").read_text(encoding="utf-8"),
        "changelog.md": (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8"),
    }
    for name, text in pages.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    write_cost_page(DOCS / "costs.md")


if __name__ == "__main__":
    main()
