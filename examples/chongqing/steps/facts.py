"""Step 4, statistics: one published or modelled figure of a district a row.

GDP of 2018 is the list that has all 38 districts (bulletins of 2018, before the revision after the
economic census). GDP of 2019 to 2022 is the list of the 22 largest (after revision): growth between 2018
and later years therefore mixes two revisions, and the other 16 districts of 2020 are modelled: their GDP
of 2018, scaled by one factor so that all 38 sum to the municipality's published 25,002.79 (1e8 CNY).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from steps.files import apportion, source

HUNDREDTHS = 100  # published to 0.01 (1e8 CNY)


def gdp_2020() -> tuple[pd.Series, pd.Series]:
    """Return GDP by district (1e8 CNY) and its quality."""
    districts = source("districts").set_index("adcode")
    largest = source("gdp_2018_2022_22_districts").set_index("adcode")["gdp_2020"]
    totals = source("city_totals")
    row = totals[(totals["area"] == "重庆市") & (totals["year"] == 2020) & (totals["indicator"] == "gdp")]
    rest = districts.index.difference(largest.index, sort=False)
    left = round(float(row["value"].item()) * HUNDREDTHS) - round(float(largest.sum()) * HUNDREDTHS)
    parts = apportion(left, districts.loc[rest, "gdp_2018_1e8cny"].to_numpy())
    modelled = pd.Series(parts / HUNDREDTHS, index=rest)
    gdp = pd.concat([largest, modelled]).reindex(districts.index)
    return gdp, pd.Series(np.where(gdp.index.isin(rest), "modelled", "official"), index=gdp.index)


def build_statistics() -> pd.DataFrame:
    """Return the statistics table: population 2010 and 2020, area, GDP 2018 to 2022."""
    districts = source("districts").set_index("adcode")
    rows = [
        _rows(districts["pop_2010"], "population", 2010, "person", "census"),
        _rows(districts["pop_2020"], "population", 2020, "person", "census"),
        _rows(districts["area_km2"], "area", 2020, "km2", "districts"),
        _rows(districts["gdp_2018_1e8cny"], "gdp", 2018, "1e8 CNY", "gdp-2018"),
    ]
    largest = source("gdp_2018_2022_22_districts").set_index("adcode")
    for year in (2019, 2021, 2022):
        rows.append(_rows(largest[f"gdp_{year}"], "gdp", year, "1e8 CNY", "gdp-22"))
    gdp, quality = gdp_2020()
    table = _rows(gdp, "gdp", 2020, "1e8 CNY", "gdp-22")
    table["quality"] = quality.to_numpy()
    table.loc[table["quality"] == "modelled", "source"] = "model"
    return (
        pd.concat([*rows, table], ignore_index=True)
        .sort_values(["variable", "year", "zone"], kind="stable")
        .reset_index(drop=True)
    )


def _rows(values: pd.Series, variable: str, year: int, unit: str, origin: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone": values.index,
            "variable": variable,
            "year": year,
            "value": values.to_numpy(dtype=np.float64),
            "unit": unit,
            "source": origin,
            "quality": "official",
        }
    )
