"""Published numbers of models and indices of regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

import netinnov as ni
from published.rows import Reading, Row, Topic

__all__ = ["TOPICS"]

# Employment of an industry and of all industries, in a region and in the country.
JOBS = pd.DataFrame(
    [[1714, 79006 - 1714], [879213 - 1714, 15593224 - 79006 - 879213 + 1714]],
    index=["region", "rest"],
    columns=["industry", "others"],
)  # fmt: skip
PLANTS = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]  # five, four and one
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + 4 * [2] + 12 * [1]
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + 4 * [3] + 4 * [2] + 14 * [1]
# Sizes that lie on the line log(rank - 1/2) = 10.846 - 1.050 log(size).
METROPOLITAN = np.exp((10.846 - np.log(np.arange(1, 136) - 0.5)) / 1.050)
# Incomes whose gaps close at 4.94 % a year.
CLOSING = pd.DataFrame({t: np.exp(np.arange(1, 6) * np.exp(-0.0494 * t)) for t in (0, 10)})

MARKETS = [(18, 3, -3, 4), (22, 3, -2, 1), (19, 6, -5, 6)]

# Dennett (2012), as in the tests of SpInt (BSD 3-Clause).
AUSTRIA = ["AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34"]
MIGRANTS = [
    1131, 1887, 69, 738, 98, 31, 43, 19, 1633, 14055, 416, 1276, 1850, 388, 303, 159, 2301, 20164,
    1080, 1831, 1943, 742, 674, 407, 85, 379, 1597, 1608, 328, 317, 469, 114, 762, 1110, 2973, 1252,
    1081, 622, 425, 262, 196, 2027, 3498, 346, 1332, 2144, 821, 274, 49, 378, 1349, 310, 851, 2117,
    630, 106, 87, 424, 978, 490, 670, 577, 546, 569, 33, 128, 643, 154, 328, 199, 112, 587,
]  # fmt: skip
KILOMETRES = [
    103.001845, 84.204666, 220.811933, 132.00748, 214.511814, 246.933305, 390.85611, 505.089539,
    45.796272, 216.994739, 129.878172, 140.706671, 201.232355, 343.50075, 453.515594, 249.932874,
    158.630661, 186.420738, 244.108305, 387.61776, 498.407152, 92.407958, 151.777157, 92.894408,
    194.851669, 306.105825, 124.563096, 122.433524, 261.893783, 376.34667, 81.753652, 208.456383,
    314.793199, 145.076472, 258.591197, 114.46325,
]  # fmt: skip


def austria() -> ni.MultilayerNetwork:
    """Flows between the nine states, row by row; distances of the pairs above the diagonal."""
    origins, destinations = np.nonzero(~np.eye(9, dtype=bool))
    ids = np.array(AUSTRIA)
    flows = {"source": ids[origins], "target": ids[destinations], "weight": MIGRANTS}
    first, second = np.triu_indices(9, 1)
    apart = {"origin": ids[first], "destination": ids[second], "distance": KILOMETRES}
    both = [pd.DataFrame(apart).rename(columns=names) for names in ({}, TURNED)]
    nodes = pd.DataFrame({"node": ids, "place": ids})
    options = {"directed": ["links"], "distances": pd.concat(both)}
    return ni.build_network(nodes, pd.DataFrame(flows), **options)


TURNED = {"origin": "destination", "destination": "origin"}

FREE_FLOW = [
    *(
        Row(
            f"{point} point of the core-periphery model, cost T, sigma = 5 and mu = 0.2, 0.4, 0.6",
            published,
            f'[CorePeriphery(5, mu).{point}_point(unit="cost") for mu in (0.2, 0.4, 0.6)]',
            "Fujita, Krugman and Venables 1999",
            "chapter 5, critical values of T",
        )
        for point, published in (("break", "1.26, 1.63, 2.30"), ("sustain", "1.27, 1.81, 5.00"))
    ),
    Row(
        "break point of the footloose-entrepreneur model with three regions, freeness of trade, "
        "sigma = 5, mu = 0.4",
        "0.605263",
        "FootlooseEntrepreneur(5, 0.4, regions=3).break_point()",
        "Gaspar, Castro and Correia-da-Silva 2013",
        "stability of dispersion",
        reading=Reading(
            "three regions", "two regions", "FootlooseEntrepreneur(5, 0.4).break_point()"
        ),
    ),
    Row(
        "half-life of a gap that closes at 4.94 % a year, in years",
        "14",
        "beta_convergence(closing).half_life",
        "Loayza 1994",
        "summary",
        0.5,
        "rounding",
    ),
    Row(
        "equilibrium price of three cobwebs: demand 18 - 3 p, 22 - 3 p, 19 - 6 p, supply -3 + 4 p, "
        "-2 + p, -5 + 6 p of the price before",
        "3, 6, 2",
        "[Cobweb(b, d, demand_intercept=a, supply_intercept=c).price() for a, b, c, d in markets]",
        "Chiang and Wainwright 2005",
        "exercises on the cobweb model",
    ),
]

INDICES = [
    Row(
        "location quotient of an industry with 1,714 of the 79,006 jobs of its region (country: "
        "879,213 of 15,593,224)",
        "0.3847623",
        'location_quotient(jobs).loc["region", "industry"]',
        "Farhauer and Kröll 2013",
        "as in the manual of REAT, `locq`",
    ),
    Row(
        "Ellison-Glaeser index of ten firms in Vienna, Linz and Graz",
        "0.05990628",
        "ellison_glaeser([13 / 70, 32 / 70, 25 / 70], reference=[0.5, 0.4, 0.1], "
        "herfindahl=herfindahl(plants))",
        "Farhauer and Kröll 2013",
        "as in the manual of REAT, `ellison.a`",
    ),
    Row(
        "Gini coefficient of 20, 50, 20, 10",
        "0.3",
        "gini([20, 50, 20, 10])",
        "Dörsam 2004",
        "as in the manual of REAT, `gini`",
        1e-9,
        "exact",
        Reading(
            "mean absolute difference over n²",
            "over n (n - 1), small samples",
            "gini([20, 50, 20, 10]) * 4 / 3",
        ),
    ),
    Row(
        "Herfindahl index of the same",
        "0.34",
        "herfindahl([20, 50, 20, 10])",
        "Dörsam 2004",
        "as in the manual of REAT, `herf`",
        1e-9,
        "exact",
    ),
    Row(
        "Gini coefficient of 0, 10, 10, 30, 50",
        "0.48",
        "gini([0, 10, 10, 30, 50])",
        "Balland 2017",
        "manual of EconGeo, `Gini`",
        1e-9,
        "exact",
    ),
    Row(
        "Herfindahl-Hirschman index of shares of 30, 30, 20 and 20 percent, in points",
        "2600",
        "10_000 * herfindahl([30, 30, 20, 20])",
        "US Department of Justice 2024",
        "example in the text",
    ),
    Row(
        "Hill numbers of order 1 and 2 of spiders, 26 species, girdled trees",
        "12.060, 7.840",
        "[effective_number(girdled, order=q) for q in (1, 2)]",
        "Chao and others 2014",
        "observed diversities, as in iNEXT's user guide",
    ),
    Row(
        "the same for 37 species, logged trees",
        "14.421, 6.761",
        "[effective_number(logged, order=q) for q in (1, 2)]",
        "Chao and others 2014",
        "observed diversities, as in iNEXT's user guide",
    ),
    Row(
        "standard error of the exponent 1.050 of 135 metropolitan areas",
        "0.128",
        'rank_size(metropolitan, method="gabaix").standard_error',
        "Gabaix and Ibragimov 2011",
        "regression of log(rank - 1/2) for 1991",
        reading=Reading(
            "log(rank - 1/2) on log size, error: exponent × √(2/n)",
            "log size on log rank, least squares",
            "rank_size(metropolitan).standard_error",
        ),
    ),
    Row(
        "share of the largest of four cities under the rank-size rule",
        "12/25",
        "primacy([1, 1 / 2, 1 / 3, 1 / 4])",
        "Zipf 1949",
        "sizes 1, 1/2, 1/3, ...",
        why="closed form",
        reading=Reading(
            "largest over the sum of all",
            "largest over second largest",
            'primacy([1, 1 / 2, 1 / 3, 1 / 4], kind="ratio")',
        ),
    ),
    Row(
        "effect of a kilometre in the doubly constrained gravity model, migration between the nine "
        "states of Austria",
        "-0.00791533",
        'GravityNull(deterrence="exponential").fit(austria)["coefficient"]',
        "Oshan 2016",
        "tests of SpInt, `Doubly`, exponential",
        reading=Reading(
            "exponential deterrence, exp(c d)",
            "power deterrence, d to the power c",
            'GravityNull(deterrence="power").fit(austria)["coefficient"]',
        ),
    ),
]

TOPICS = [
    Topic(
        "Free flow, convergence, cobweb",
        "Closed forms and roots. `closing` is a table of incomes whose gaps close at 4.94 % "
        "a year, `markets` has the "
        "three lines of demand and supply.",
        FREE_FLOW,
        {"closing": CLOSING, "markets": MARKETS},
    ),
    Topic(
        "Specialisation, concentration and size",
        "`jobs` is the table of regions and industries that the four numbers make, "
        "`plants` the employment of "
        "the firms (five, four and one), `girdled` and `logged` the counts of spiders, "
        "`metropolitan` 135 sizes "
        "on the published line, `austria` the table of flows and distances.",
        INDICES,
        {
            "jobs": JOBS,
            "plants": PLANTS,
            "girdled": GIRDLED,
            "logged": LOGGED,
            "metropolitan": METROPOLITAN,
            "austria": austria(),
        },
    ),
]
