"""Input–output tables against pymrio's test system (6 regions x 8 sectors) and Miller & Blair's example."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.measure.coordination import Footprint, InputOutput, footprint, input_output

ORACLES = Path(__file__).resolve().parents[3] / "shared" / "oracles"
ORACLE = ORACLES / "pymrio"
pytestmark = pytest.mark.skipif(
    not ORACLE.is_dir(), reason="pymrio's test system is not beside the repository"
)
Record = Callable[[str, object], None]
TOLERANCE = 1e-9


def table(name: str, *, rows: int = 2, columns: int = 2) -> pd.DataFrame:
    return pd.read_csv(ORACLE / f"test_{name}.csv", index_col=list(range(rows)), header=list(range(columns)))


def record(property_: Record, file: str, ours: np.ndarray, want: np.ndarray) -> None:
    """Relative to each value, or to the mean size of the file where values cancel to nearly nothing."""
    size = np.maximum(np.abs(want), 1e-6 * np.abs(want).mean())
    worst = float((np.abs(ours - want) / size).max())
    property_("oracle", f"pymrio/{file}|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


def system() -> InputOutput:
    z, y = table("Z"), table("Y")
    return input_output(z.to_numpy(), y.to_numpy(), sectors=["/".join(i) for i in z.index])


def emissions() -> Footprint:
    z, y = table("Z"), table("Y")
    return footprint(
        system(),
        table("emissions_F").to_numpy(),
        regions=list(z.index.get_level_values(0)),
        final_regions=list(y.columns.get_level_values(0)),
    )


def test_output_coefficients_and_inverse(record_property: Record) -> None:
    io = system()
    record(record_property, "test_x.csv", io.output, table("x", columns=1).to_numpy().ravel())
    record(record_property, "test_A.csv", io.a, table("A").to_numpy())
    record(record_property, "test_L.csv", io.leontief, table("L").to_numpy())


def test_linkages(record_property: Record) -> None:
    want, io = pd.read_csv(ORACLE / "derived_linkages.csv"), system()
    ours = np.column_stack([io.backward(), io.forward()])
    columns = want[["backward_power_of_dispersion", "forward_ghosh"]].to_numpy()
    record(record_property, "derived_linkages.csv", ours, columns)


@pytest.mark.parametrize(
    ("file", "account"),
    [
        ("S", "intensity"),
        ("M", "multiplier"),
        ("D_pba", "produced"),
        ("D_cba", "consumed"),
        ("D_imp", "imported"),
        ("D_exp", "exported"),
    ],
)
def test_footprints(file: str, account: str, record_property: Record) -> None:
    want = table(f"emissions_{file}").to_numpy()
    record(record_property, f"test_emissions_{file}.csv", getattr(emissions(), account), want)


@pytest.mark.parametrize(
    ("file", "account", "households"),
    [
        ("D_pba_reg", "produced", True),
        ("D_cba_reg", "consumed", True),
        ("D_imp_reg", "imported", False),
        ("D_exp_reg", "exported", False),
    ],
)
def test_footprints_of_regions(file: str, account: str, households: bool, record_property: Record) -> None:
    want, own = table(f"emissions_{file}", columns=1), table("emissions_F_Y")
    of_region = own.T.groupby(level=0).sum().T[want.columns].to_numpy()
    f = emissions()
    ours = f.by_region(getattr(f, account), of_region if households else None)
    record(record_property, f"test_emissions_{file}.csv", ours, want.to_numpy())


def test_value_added_of_regions(record_property: Record) -> None:
    z, y = table("Z"), table("Y")
    want = table("factor_inputs_D_cba_reg", rows=1, columns=1).to_numpy()
    f = footprint(
        system(),
        table("factor_inputs_F", rows=1).to_numpy(),
        regions=list(z.index.get_level_values(0)),
        final_regions=list(y.columns.get_level_values(0)),
    )
    record(record_property, "test_factor_inputs_D_cba_reg.csv", f.by_region(f.consumed), want)


def test_miller_and_blair(record_property: Record) -> None:
    case = json.loads((ORACLES / "io_linkages" / "miller_blair_2sector.json").read_text())
    io = input_output(case["Z"], case["f"])
    pairs = [
        (io.a, case["A"]),
        (io.leontief, case["L"]),
        (io.output, case["x"]),
        (io.output_for(case["new_f"]), case["new_x"]),
        (io.leontief.sum(axis=0), case["backward"]),
        (io.backward(), case["rasmussen_backward_index"]),
        (io.forward() / io.forward().sum(), np.array(case["forward_ghosh"]) / sum(case["forward_ghosh"])),
        (io.loss_without(), case["HEM_total"]),
    ]
    worst = max(float(np.abs(np.asarray(a) / np.asarray(b) - 1).max()) for a, b in pairs)
    record_property("oracle", f"io_linkages/miller_blair_2sector.json|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE
