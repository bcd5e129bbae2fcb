"""Land and carbon of a unit of what rules build, with what each figure rests on.

Where nothing published and no plain assumption is at hand, a unit has no figure and its projects say
nothing: land of tunnels and trains, carbon of concrete and steel.

The norm for hospitals was compared with a text that quotes it; figures of the other publications named here
were not, and are taken as assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount for one unit of a unit cost, and what it rests on."""

    amount: float
    grounds: str

    def __str__(self) -> str:
        """Return it as it stands in a project's source."""
        return self.grounds


_ROADBED = "a roadbed of {0:g} m and as much again for slopes, ditches and junctions"

LAND: Mapping[str, Figure] = {
    "hospital_bed": Figure(
        115e-6, "115 m2 a bed × beds (建标 110-2008: 109–117 m2 a bed by size of the hospital)"
    ),
    "hospital_bed_added": Figure(0.0, "none: built on the hospital's own land (assumed)"),
    "campus_student": Figure(
        54e-6, "54 m2 a student × students (教发〔2004〕2 号, comprehensive universities; assumed)"
    ),
    "fire_station": Figure(
        4750e-6,
        "4,750 m2 a station (建标 152-2017: 3,900–5,600 m2 for a first-class station; its middle, assumed)",
    ),
    "shelter_person": Figure(0.0, "none: a park or school in normal times (assumed)"),
    "industrial_job": Figure(
        1 / 6500, "jobs / 6,500 per km2 (assumed: middle of the 5,000–8,000 jobs per km2 of the unit cost)"
    ),
    "forest_park_km2": Figure(0.0, "none: woods stay woods (assumed)"),
    "expressway_km": Figure(
        0.049, f"0.049 km2 a km × km (assumed: {_ROADBED.format(24.5)}, four lanes at 80 km/h)"
    ),
    "primary_km": Figure(
        0.046, f"0.046 km2 a km × km (assumed: {_ROADBED.format(23)}, four lanes at 60 km/h)"
    ),
    "second_link_km": Figure(
        0.046, f"0.046 km2 a km × km (assumed: {_ROADBED.format(23)}, four lanes at 60 km/h)"
    ),
}
"""Land taken, km2 per unit, by id of the unit cost."""

_SAVED = 3412e-3 * 0.541 * 17.5
"""kt CO2 a MW of hydropower saves; `CARBON` says by which formula."""
_CLOSED = 4594e-3 * (0.824 - 0.541) * 10.0

CARBON: Mapping[str, Figure] = {
    "hydro_mw": Figure(
        -_SAVED,
        "− MW × 3.412 GWh a year × 0.541 kt CO2 per GWh × 17.5 years (hours of hydropower and mean of the"
        " grid, China 2022, by the China Electricity Council; all assumed, and that the grid's figure falls"
        " evenly to nothing over 35 years, building left out)",
    ),
    "coal_closed_mw": Figure(
        -_CLOSED,
        "− MW × 4.594 GWh a year × (0.824 − 0.541) kt CO2 per GWh × 10 years (hours of coal power, thermal"
        " power and mean of the grid, China 2022, by the China Electricity Council; all assumed, and that"
        " it would have run ten years more, the grid supplies what it did)",
    ),
}
"""Greenhouse gases over the life, kt CO2e per unit, by id of the unit cost; negative where they are saved."""
