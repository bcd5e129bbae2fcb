"""Which indicators of published standards the indicators here correspond to, and how closely.

Numbers of ISO 37120 are those of its first edition (2014), which the second (2018) numbers anew; of
TD/T 1063-2021 the dimension stands for the number. Pairs that share only a topic are left out.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

import pandas as pd

from yipan.measure.compare import region_values
from yipan.measure.values import Results
from yipan.text import Text

MATCHES = {
    "same": Text("一致", "same"),
    "similar": Text("相近", "similar"),
    "partial": Text("部分", "partial"),
}
"""How closely an indicator corresponds: the same quantity; the same in another form or with a stand-in for
one of its parts; one aspect of it only. Values of similar and partial ones are not to be reported under the
code of the standard."""
FIELDS = (
    "indicator", "standard", "code", "title_zh", "title_en", "match", "difference_zh", "difference_en",
    "checked", "source",
)  # fmt: skip
"""Columns of ``standards.csv``."""


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("yipan.measure.outlook") / "standards.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def standards_table(results: Results) -> pd.DataFrame:
    """Return the measured indicators that correspond to indicators of published standards.

    Returns
    -------
    DataFrame
        One row per correspondence, in the order of `Results.indicators`: indicator, names, unit, value (for
        the region, see `yipan.measure.region_values`; NaN where missing), standard, code, title of the
        standard's indicator (a short working title, not its text), ``match`` (`MATCHES`), what differs,
        ``checked`` (``verified``: code and title were seen in a public source, named in ``source``;
        ``unverified``: not yet), source. Indicators without a counterpart are not listed.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> table = standards_table(measure(example("tiny"), ["N-LIV-02"]))
    >>> table.loc[0, ["standard", "code", "match"]].tolist()
    ['ISO 37120:2014', '12.2', 'similar']
    """
    overall = region_values(results)
    order = {i: n for n, i in enumerate(results.indicators)}
    mine = sorted((r for r in _rows() if r["indicator"] in order), key=lambda r: order[r["indicator"]])
    rows = []
    for row in mine:
        i = results.indicators[row["indicator"]]
        ours = {"zh": i.name.zh, "en": i.name.en, "unit_zh": i.unit.zh, "unit_en": i.unit.en}
        rows.append(
            {"indicator": i.id, **ours, "value": float(overall[i.id]), **{f: row[f] for f in FIELDS[1:]}}
        )
    columns = ["indicator", "zh", "en", "unit_zh", "unit_en", "value", *FIELDS[1:]]
    return pd.DataFrame(rows, columns=columns)
