"""Options: limits and sizes that are about the machine, never about a region.

Each option is described once, here. Its value is, first match wins: what `using` set around the
code that runs now, the environment (``region.max_file_mb`` is read from
``YIPAN_REGION_MAX_FILE_MB``), the default. Nothing is read when this module is imported, and
`using` touches only its own thread or task.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from yipan.errors import OptionError, Problem
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: a whole number with a unit, a default and bounds."""

    name: str
    default: int
    unit: str
    label: Text
    low: int = 1
    high: int = 1_000_000

    @property
    def variable(self) -> str:
        """Name of the environment variable that overrides it."""
        return "YIPAN_" + self.name.upper().replace(".", "_")


def _option(name: str, default: int, unit: str, zh: str, en: str, *, low: int = 1) -> Option:
    return Option(name=name, default=default, unit=unit, label=Text(zh, en), low=low)


OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        o.name: o
        for o in (
            _option("region.max_file_mb", 500, "MB", "区域单个文件的上限", "largest single file of a region"),
            _option(
                "region.max_total_mb",
                2000,
                "MB",
                "区域压缩包解开后的总上限",
                "largest total size of an unpacked region archive",
            ),
            _option(
                "region.max_files", 10_000, "file", "区域压缩包内文件数上限", "most files in a region archive"
            ),
            _option(
                "region.max_ratio",
                200,
                "ratio",
                "压缩包内单个文件的最大压缩比",
                "largest compression ratio of one file in an archive",
            ),
            _option(
                "network.cache_mb", 512, "MB", "出行时间缓存上限", "memory kept for computed travel times"
            ),
            _option(
                "network.threads",
                0,
                "thread",
                "计算出行时间的线程数(0:全部可用核)",
                "threads that compute travel times (0: every core there is)",
                low=0,
            ),
            _option(
                "network.max_matrix_mb",
                4000,
                "MB",
                "一次可分配的出行时间矩阵上限",
                "largest travel-time matrix that may be allocated at once",
            ),
            _option(
                "network.max_feed_mb",
                2000,
                "MB",
                "一个时刻表数据包解开后的上限",
                "largest unpacked size of one timetable feed",
            ),
        )
    }
)
"""Every option by name."""

_USING: ContextVar[Mapping[str, int] | None] = ContextVar("yipan_options", default=None)


def get(name: str) -> int:
    """Return the value of an option that holds here and now.

    Raises
    ------
    OptionError
        When there is no such option, or the environment gives it a value it cannot take.

    Examples
    --------
    >>> get("region.max_ratio")
    200
    >>> get("region.max_rato")
    Traceback (most recent call last):
    ...
    yipan.errors.OptionError: there is no option 'region.max_rato'; did you mean 'region.max_ratio'?
    """
    option = _known(name)
    inner = _USING.get() or {}
    if name in inner:
        return inner[name]
    given = os.environ.get(option.variable)
    return option.default if given is None else _checked(option, given)


@contextmanager
def using(values: Mapping[str, int]) -> Iterator[None]:
    """Set options for the code inside the ``with`` block, in this thread or task only.

    Examples
    --------
    >>> with using({"network.cache_mb": 64}):
    ...     get("network.cache_mb")
    64
    """
    new = {name: _checked(_known(name), value) for name, value in values.items()}
    token = _USING.set({**(_USING.get() or {}), **new})
    try:
        yield
    finally:
        _USING.reset(token)


def _known(name: str) -> Option:
    if name in OPTIONS:
        return OPTIONS[name]
    near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0)
    raise OptionError(
        Text(
            f"没有选项 {name!r};您是否要用 {near[0]!r}?",
            f"there is no option {name!r}; did you mean {near[0]!r}?",
        )
    )


def _checked(option: Option, value: object) -> int:
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if isinstance(number, int) and not isinstance(number, bool) and option.low <= number <= option.high:
        return number
    raise OptionError(
        Text(f"选项 {option.name} 不能取 {value!r}", f"option {option.name} cannot be {value!r}"),
        problems=[
            Problem(
                what=Text(f"{option.label.zh}:{value!r}", f"{option.label.en}: {value!r}"),
                remedy=Text(
                    f"填写 {option.low} 到 {option.high} 之间的整数({option.unit})",
                    f"give a whole number from {option.low} to {option.high} ({option.unit})",
                ),
                column=option.variable,
            )
        ],
    )
