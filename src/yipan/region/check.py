"""Checks of a region's tables: keys, references between tables, units.

The order matters: a row that is refused takes with it the rows that stand on it (a zone its cells,
a cell its links). In strict mode only the cause is reported; otherwise every row left out is named.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from yipan.region.findings import Draft, Log, nearest, suggest
from yipan.region.formats import suffixes
from yipan.region.schema import TABLES
from yipan.region.value import Meta
from yipan.text import Text

Drafts = dict[str, Draft]


def check_keys(draft: Draft, log: Log) -> None:
    """Refuse rows whose key repeats that of an earlier row, naming both."""
    if any(name not in draft.frame.columns for name in draft.schema.key):
        return
    columns = [draft.words(name) for name in draft.schema.key]
    seen: dict[tuple[str, ...], int] = {}
    for at, key in enumerate(zip(*columns, strict=True)):
        if "" in key:
            continue
        if key not in seen:
            seen[key] = at
            continue
        draft.ok[at] = False
        label = " ".join(key)
        log.error(
            Text(
                f"“{label}”与第 {draft.row(seen[key])} 行重复",
                f"'{label}' repeats row {draft.row(seen[key])}",
            ),
            Text("删去其中一行或改编号", "delete one of the two rows, or change its id"),
            file=draft.file,
            row=draft.row(at),
            column=",".join(draft.schema.key),
        )


def check_row_sources(draft: Draft, meta: Meta, log: Log) -> None:
    """Refuse rows whose source is not among ``[[sources]]`` (one problem for each unknown source)."""
    known = {s.id for s in meta.sources}
    rows: dict[str, list[int]] = {}
    for at, word in enumerate(draft.words("source")):
        if word and word not in known:
            rows.setdefault(word, []).append(at)
    for word, ats in rows.items():
        near = suggest(word, known)
        n = len(ats)
        log.error(
            Text(
                f"来源“{word}”未在 region.toml 中声明(共 {n} 行){near.zh}",
                f"the source '{word}' is not declared in region.toml (rows: {n}){near.en}",
            ),
            Text(f'添加 [[sources]] id = "{word}"', f'add [[sources]] with id = "{word}"'),
            file=draft.file,
            row=draft.row(ats[0]),
            column="source",
        )
        draft.ok[ats] = False


def check_reference(draft: Draft, column: str, target: Draft | None, log: Log) -> None:
    """Refuse rows of `draft` whose `column` names a row of `target` that is not there or was refused.

    `target` None means that table could not be read at all: its own problem has been reported.
    """
    if column not in draft.frame.columns:
        return
    if target is not None and not len(target.frame):
        _nothing_to_refer_to(draft, target, log)
        return
    ids = np.array(target.words("id"), dtype=object) if target else np.array([], dtype=object)
    sound = set(ids[target.ok]) if target else set()
    known = set(ids)
    for at, word in enumerate(draft.words(column)):
        if word in sound or word == "" or not draft.ok[at]:
            continue
        draft.ok[at] = False
        if target is None or word in known:
            _left_out(draft, at, column, word, log)
            continue
        near = suggest(word, known)
        log.error(
            Text(
                f"{target.schema.label.zh}中没有“{word}”{near.zh}",
                f"there is no '{word}' among the {target.schema.label.en}{near.en}",
            ),
            Text(f"改正编号,或在 {target.file} 中添加", f"correct the id, or add it to {target.file}"),
            file=draft.file,
            row=draft.row(at),
            column=column,
        )


def _nothing_to_refer_to(draft: Draft, target: Draft, log: Log) -> None:
    """Say once, at the empty table, that rows elsewhere stand on it."""
    if not draft.ok.any():
        return
    n = int(draft.ok.sum())
    draft.refuse_all()
    label = target.schema.label
    log.error(
        Text(
            f"没有一行数据,而 {draft.file} 有 {n} 行要用到{label.zh}",
            f"it has no rows, though {n} rows of {draft.file} need {label.en}",
        ),
        Text(f"填写{label.zh},或清空 {draft.file}", f"fill in the {label.en}, or empty {draft.file}"),
        file=target.file,
    )


def _left_out(draft: Draft, at: int, column: str, word: str, log: Log) -> None:
    if log.strict:
        return
    log.error(
        Text(f"所依据的“{word}”未能读入,此行也未读入", f"left out, because '{word}' was"),
        Text("先改正该编号所在的行", f"mend the row of '{word}' first"),
        file=draft.file,
        row=draft.row(at),
        column=column,
    )


def check_words(draft: Draft, column: str, known: Collection[str], what: Text, log: Log) -> None:
    """Refuse rows whose `column` holds a word that is not known."""
    for at, word in enumerate(draft.words(column)):
        if word and word not in known and draft.ok[at]:
            near = suggest(word, known)
            draft.ok[at] = False
            log.error(
                Text(f"{what.zh}“{word}”未声明{near.zh}", f"the {what.en} '{word}' is not declared{near.en}"),
                Text("在 region.toml 中声明,或改正编号", "declare it in region.toml, or correct the id"),
                file=draft.file,
                row=draft.row(at),
                column=column,
            )


def check_files(folder: Path, log: Log) -> None:
    """Warn of files that look like a table of the region but have another name or format."""
    known = {t.name for t in TABLES}
    for path in sorted(folder.iterdir()):
        near = path.stem if path.stem in known else nearest(path.stem, known, cutoff=0.8)
        if not near or not path.is_file() or (path.stem == near and path.suffix in suffixes(near)):
            continue
        if path.suffix.lower() in (*suffixes(near), ".csv", ".xls", ".xlsx", ".shp", ".json", ".kml", ".et"):
            endings = suffixes(near)
            log.warn(
                Text(
                    "此文件名或格式不是区域的表,未读取",
                    "not a table of the region by its name or format; not read",
                ),
                Text(
                    f"另存为 {near}{' 或 '.join(endings)}",
                    f"save it as {near} with the ending {' or '.join(endings)}",
                ),
                file=path.name,
            )
