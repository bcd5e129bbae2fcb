"""Coordination: how subsystems, neighbours, sectors and clusters of a region keep up with each other."""

from yipan.measure.coordination.autocorrelation import (
    LocalMoran,
    Moran,
    false_discovery,
    geary,
    getis_ord,
    local_moran,
    moran,
)
from yipan.measure.coordination.complexity import (
    Complexity,
    advantages,
    complexity,
    fitness,
    proximity,
)
from yipan.measure.coordination.convergence import (
    Beta,
    Sigma,
    beta_convergence,
    sigma_convergence,
)
from yipan.measure.coordination.coupling import (
    CLASSES,
    FORMS,
    MISUSED,
    Coupling,
    classes_of,
    coupling_coordination,
    coupling_degree,
)
from yipan.measure.coordination.facts import (
    need_coupling,
    need_obstacles,
    service_by_zone,
    statistic_panel,
)
from yipan.measure.coordination.gravity import (
    GravityModel,
    PoissonFit,
    gravity_model,
    poisson_fit,
)
from yipan.measure.coordination.input_output import (
    Footprint,
    InputOutput,
    footprint,
    input_output,
)
from yipan.measure.coordination.linkages import (
    Linkages,
    zone_linkages,
)
from yipan.measure.coordination.metacoupling import (
    Metacoupling,
    metacoupling,
    pair_coupling,
)
from yipan.measure.coordination.obstacles import (
    obstacle_degrees,
)
from yipan.measure.coordination.potential import (
    HourCircles,
    hour_circles,
    market_potential,
)
from yipan.measure.coordination.sectors import (
    krugman,
    location_quotients,
    specialisation,
    structural_similarity,
)
from yipan.measure.coordination.services import (
    DagumGini,
    ServiceInequality,
    dagum_gini,
    service_inequality,
)
from yipan.measure.coordination.spatial import (
    SpatialWeights,
    contiguity,
    time_weights,
    weights_from_pairs,
    zone_contiguity,
)
from yipan.measure.coordination.whole import (
    PARTS,
    Whole,
    whole,
)
from yipan.measure.coordination.zone_times import (
    ZoneTimes,
    zone_times,
)

__all__ = [
    "CLASSES",
    "FORMS",
    "MISUSED",
    "PARTS",
    "Beta",
    "Complexity",
    "Coupling",
    "DagumGini",
    "Footprint",
    "GravityModel",
    "HourCircles",
    "InputOutput",
    "Linkages",
    "LocalMoran",
    "Metacoupling",
    "Moran",
    "PoissonFit",
    "ServiceInequality",
    "Sigma",
    "SpatialWeights",
    "Whole",
    "ZoneTimes",
    "advantages",
    "beta_convergence",
    "classes_of",
    "complexity",
    "contiguity",
    "coupling_coordination",
    "coupling_degree",
    "dagum_gini",
    "false_discovery",
    "fitness",
    "footprint",
    "geary",
    "getis_ord",
    "gravity_model",
    "hour_circles",
    "input_output",
    "krugman",
    "local_moran",
    "location_quotients",
    "market_potential",
    "metacoupling",
    "moran",
    "need_coupling",
    "need_obstacles",
    "obstacle_degrees",
    "pair_coupling",
    "poisson_fit",
    "proximity",
    "service_by_zone",
    "service_inequality",
    "sigma_convergence",
    "specialisation",
    "statistic_panel",
    "structural_similarity",
    "time_weights",
    "weights_from_pairs",
    "whole",
    "zone_contiguity",
    "zone_linkages",
    "zone_times",
]
