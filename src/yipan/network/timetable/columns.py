"""Read one table of a feed: every column as codes into its distinct words, row numbers kept.

A feed repeats few words many times (ids, times of day), so a table of a million rows is a few arrays of
codes, and parsing touches distinct words only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from yipan.network.streets.values import Floats, Int32, Int64
from yipan.network.timetable.archive import Archive
from yipan.network.timetable.report import Report
from yipan.region.archive import BROKEN
from yipan.text import Text

BLANK = np.int32(-(2**31))
"""A time, date or number of a feed that is not given."""
BAD = np.int32(-(2**31) + 1)
"""One that cannot be read."""
_TIME = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)")
_BLOCK = 8 << 20  # bytes parsed at once; a row must fit into one


@dataclass(frozen=True)
class Words:
    """A column: the word of row r is ``words[code[r]]``, stripped; ``""`` where nothing is given."""

    code: Int32
    words: list[str]

    def __getitem__(self, row: int) -> str:
        return self.words[int(self.code[row])]

    def through(self, value: Callable[[str], int]) -> Int32:
        """Return a whole number for every row; `value` is called once per distinct word."""
        return np.array([value(w) for w in self.words], dtype=np.int32)[self.code]

    def where(self, known: Mapping[str, int]) -> Int32:
        """Return the number of every row's word, −1 where it is not known."""
        return self.through(lambda w: known.get(w, -1))

    def numbers(self) -> Floats:
        """Return numbers, NaN where nothing is given, infinity where it cannot be read."""
        return np.array([_number(w) for w in self.words], dtype=np.float64)[self.code]


@dataclass(frozen=True)
class Raw:
    """A table as it stands in its file.

    Parameters
    ----------
    row
        Row numbers as a person counts them (the header is row 1).
    columns
        Those that were asked for and exist.
    """

    file: str
    row: Int64
    columns: dict[str, Words]

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, column: str) -> Words:
        """Return a column; one that does not exist is blank everywhere."""
        return self.columns.get(column) or Words(np.zeros(len(self), dtype=np.int32), [""])

    def keep(self, rows: NDArray[np.bool_]) -> Raw:
        """Return only some rows."""
        if rows.all():
            return self
        kept = {name: Words(c.code[rows], c.words) for name, c in self.columns.items()}
        return Raw(self.file, self.row[rows], kept)


def clock(word: str) -> int:
    """Return seconds of ``H:MM:SS``, hours may exceed 24; `BLANK` or `BAD` where there is no time.

    Examples
    --------
    >>> clock("25:00:05")
    90005
    """
    if not word:
        return int(BLANK)
    found = _TIME.fullmatch(word)
    if not found:
        return int(BAD)
    hours, minutes, seconds = map(int, found.groups())
    return 3600 * hours + 60 * minutes + seconds


def whole(word: str) -> int:
    """Return a whole number that is not negative.

    Examples
    --------
    >>> whole("7"), whole("-1") == int(BAD)
    (7, True)
    """
    if not word:
        return int(BLANK)
    return int(word) if word.isdecimal() and len(word) < 10 else int(BAD)


def day_number(word: str) -> int:
    """Return the ordinal of a date ``YYYYMMDD``.

    Examples
    --------
    >>> day_number("20190513") == date(2019, 5, 13).toordinal(), day_number("20190231") == int(BAD)
    (True, True)
    """
    if not word:
        return int(BLANK)
    try:
        if not (len(word) == 8 and word.isdecimal()):
            return int(BAD)
        return date(int(word[:4]), int(word[4:6]), int(word[6:])).toordinal()
    except ValueError:
        return int(BAD)


def _number(word: str) -> float:
    try:
        return float(word) if word else np.nan
    except ValueError:
        return np.inf


@dataclass(frozen=True)
class _File:
    """A table before it is read: its column names as used here, its encoding, the columns wanted."""

    archive: Archive
    name: str
    header: list[str]
    encoding: str
    wanted: list[str]

    @classmethod
    def at(cls, archive: Archive, name: str, encoding: str, wanted: tuple[str, ...]) -> _File:
        """Read the header; a name there twice is numbered the second time."""
        with archive.open(name) as source:
            words = next(csv.reader(_text(source, encoding, errors="replace")), [])
        names = [w.strip().lower() for w in words]
        header = [n if n not in names[:i] else f"{n}#{i}" for i, n in enumerate(names)]
        return cls(archive, name, header, encoding, [c for c in wanted if c in header])

    def open(self) -> io.BufferedReader:
        """Open it as bytes."""
        return self.archive.open(self.name)


def read_raw(archive: Archive, file: str, wanted: tuple[str, ...], report: Report) -> Raw | None:
    """Read the wanted columns of a table; None, with the reason in `report`, where that cannot be done."""
    try:
        table = _File.at(archive, file, "utf-8", wanted)
        found = _by_arrow(table)
        if found is None:  # not in UTF-8, or not every row like the header
            table = _File.at(archive, file, _encoding(archive, file, report), wanted)
            found = _by_arrow(table) if table.encoding != "utf-8" else None
        if not table.header:
            _unreadable(report, file, Text("文件是空的", "the file is empty"))
            return None
        _tell_twice(table.header, file, report)
        return found or _by_hand(table, report)
    except (*BROKEN, csv.Error, UnicodeError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        _unreadable(report, file, Text(f"无法读取:{words}", f"it cannot be read: {words}"))
    return None


def _unreadable(report: Report, file: str, what: Text) -> None:
    report.add(what, Text("重新导出此表(UTF-8 的 CSV)", "export the table again as CSV in UTF-8"), file=file)


def _text(source: io.BufferedReader, encoding: str, *, errors: str = "strict") -> io.TextIOWrapper:
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # passes over a byte-order mark
    return io.TextIOWrapper(source, encoding=encoding, errors=errors, newline="")


def _tell_twice(header: list[str], file: str, report: Report) -> None:
    for name in (n for n in header if "#" in n and n.partition("#")[0] in header):
        report.add(
            Text("列名重复,只用第一列", "the column is there twice; the first is used"),
            Text("删去多余的列", "delete the other"),
            file=file,
            row=1,
            column=name.partition("#")[0],
            severity="warning",
        )


def _encoding(archive: Archive, file: str, report: Report) -> str:
    """Return the encoding of a table: UTF-8 unless its bytes are not."""
    with archive.open(file) as source:
        start = source.peek(4)[:4]
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            found = "utf-16"
        else:
            try:
                text = io.TextIOWrapper(source, encoding="utf-8")
                while text.read(1 << 20):
                    pass
            except UnicodeDecodeError:
                found = _guess(archive, file)
            else:
                return "utf-8"
    report.add(
        Text(f"不是 UTF-8 编码,按 {found} 读取", f"it is not in UTF-8; read as {found}"),
        Text("另存为 UTF-8", "save it as UTF-8"),
        file=file,
        severity="warning",
    )
    return found


def _guess(archive: Archive, file: str) -> str:
    """Chinese where bytes beyond ASCII stand in pairs and decode, else Western European (never fails)."""
    with archive.open(file) as source:
        data = source.read()
    beyond = re.findall(rb"[\x80-\xff]+", data)
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "latin-1"
    return "gb18030" if sum(len(b) % 2 == 0 for b in beyond) > 0.8 * len(beyond) else "latin-1"


def _by_arrow(file: _File) -> Raw | None:
    """Read quickly; None where some row has more or fewer fields than the header, or holds line breaks."""
    if not file.wanted:
        return None
    uneven = []

    def refuse(row: object) -> str:
        uneven.append(row)
        return "skip"

    try:
        with file.open() as source:
            table = pacsv.read_csv(
                pa.PythonFile(source, mode="r"),
                read_options=pacsv.ReadOptions(
                    use_threads=False,
                    block_size=_BLOCK,
                    column_names=file.header,
                    skip_rows=1,
                    encoding=file.encoding,
                ),
                parse_options=pacsv.ParseOptions(invalid_row_handler=refuse),
                convert_options=pacsv.ConvertOptions(
                    include_columns=file.wanted,
                    column_types={c: pa.dictionary(pa.int32(), pa.string()) for c in file.wanted},
                ),
            )
    except pa.ArrowInvalid:
        return None
    if uneven:
        return None
    table = table.unify_dictionaries()
    rows = np.arange(2, len(table) + 2, dtype=np.int64)
    return Raw(file.name, rows, {name: _coded(table.column(name)) for name in file.wanted})


def _coded(column: pa.ChunkedArray) -> Words:
    if not len(column):
        return Words(np.zeros(0, dtype=np.int32), [""])
    code = np.concatenate([c.indices.to_numpy(zero_copy_only=False) for c in column.chunks])
    return _stripped(code.astype(np.int32, copy=False), column.chunk(0).dictionary.to_pylist())


def _stripped(code: Int32, words: list[str]) -> Words:
    """Strip the words; those that become equal share a code."""
    known: dict[str, int] = {}
    to = np.array([known.setdefault(w.strip(), len(known)) for w in words], dtype=np.int32)
    return Words(code if len(known) == len(words) else to[code], list(known))


def _by_hand(file: _File, report: Report) -> Raw:
    """Read row by row: short rows are filled, blank fields too many are cut, others are left out."""
    header, wanted = file.header, file.wanted
    known: dict[str, dict[str, int]] = {c: {} for c in wanted}
    codes: dict[str, list[int]] = {c: [] for c in wanted}
    at, rows, short, long = [header.index(c) for c in wanted], [], [], []
    with file.open() as source:
        reader = csv.reader(_text(source, file.encoding))
        next(reader, None)
        for number, fields in enumerate((f for f in reader if f), start=2):
            if any(f.strip() for f in fields[len(header) :]):
                long.append(number)
                continue
            if len(fields) < len(header):
                short.append(number)
                fields = [*fields, *[""] * (len(header) - len(fields))]  # noqa: PLW2901
            rows.append(number)
            for c, i in zip(wanted, at, strict=True):
                codes[c].append(known[c].setdefault(fields[i].strip(), len(known[c])))
    _tell_uneven(file.name, short, long, report)
    columns = {c: Words(np.array(codes[c], dtype=np.int32), list(known[c]) or [""]) for c in wanted}
    return Raw(file.name, np.array(rows, dtype=np.int64), columns)


def _tell_uneven(file: str, short: list[int], long: list[int], report: Report) -> None:
    report.each(
        long,
        lambda k: Text("字段多于表头", "it has more fields than the header"),
        Text(
            "用引号括住含逗号的文字;在此之前不用此行",
            "quote texts with commas; until then the row is left out",
        ),
        file=file,
    )
    report.each(
        short,
        lambda k: Text(
            "字段少于表头,缺的按空白处理", "it has fewer fields than the header; they read as blank"
        ),
        Text("补齐逗号", "write every comma"),
        file=file,
        severity="warning",
    )
