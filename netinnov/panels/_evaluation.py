"""Did it work? Openings at different times evaluated on places, with neighbours affected too."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_numbers, as_periods, as_text
from netinnov._runtime.arguments import check_rng, examples
from netinnov._typing import Confidence, Floats, Mask, Rng, Share, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.panels._openings import check_columns, first_openings
from netinnov.panels._staggered import (
    STATISTICS,
    Controls,
    Effects,
    Evaluation,
    Panel,
    Rules,
    average_of,
    cells_of,
    evaluation_of,
    mean_of,
)


def evaluate_openings(
    panel: pd.DataFrame,
    *,
    outcome: str,
    openings: pd.DataFrame,
    controls: Controls = "not_yet",
    anticipation: Whole = 0,
    by: str | None = None,
    network: MultilayerNetwork | None = None,
    clean: Share = 0.0,
    confidence: Confidence = 0.95,
    permutations: Whole = 0,
    match: str | None = None,
    rng: Rng = None,
) -> Evaluation:
    """Compare places before and after an opening with places that have none (yet).

    Staggered difference in differences. Read as effects only under its assumptions: without the
    opening the places would have changed as the controls did (parallel trends), nobody acts on an
    opening earlier than ``anticipation`` says, and openings touch no place but those that
    ``network`` takes out of the controls.

    Parameters
    ----------
    panel : DataFrame
        One row a place and period: columns ``place``, ``period`` (whole numbers) and the outcome;
        every place in every period. Or what `measure_panel` gives, whose nodes are the places.
    outcome : str
        Its column, or measure; numbers, none missing.
    openings : DataFrame
        ``place``, ``opened`` (a period; missing: never), and any columns. Places that are not
        there never open; of several openings of a place the earliest counts. Or what
        `enclave_openings` gives, whose homes are the places: those with an enclave that is not
        dated are left out.
    controls : {"not_yet", "never"}
        Places that have not opened by then (with ``anticipation``), or those that never do.
    anticipation : int
        Periods before the opening in which it may be felt already.
    by : str, optional
        A column of ``openings``, such as ``direction``: effects of each group against the same
        controls, and their differences. A dose is such a column of classes, as "one park" and "two
        or more".
    network : MultilayerNetwork, optional
        Links between the places. A place without an opening is *exposed* once more than ``clean``
        of its link weight leads to places that have opened; exposed places are no controls, and
        ``spillover`` is what exposure does to places that never open. Opened places stay as they
        are where they are exposed: effects of openings on other opened places are not removed.
    clean : float
        From 0 to 1; see ``network``. Weights of all observed layers, periods and both directions
        are added; links inside a place do not count.
    confidence : float
        Of the intervals.
    permutations : int
        Draws of randomisation inference: opening dates exchanged among the places.
    match : str, optional
        A column of the panel: dates are exchanged only within the quartiles of its values in the
        first period.
    rng : None, int, SeedSequence or Generator
        Source of randomness, of permutations and simultaneous bands.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        A place has two rows in a period or none, an outcome is missing, no place opens within the
        panel, its first openings are of two groups, no place is in the network, or no controls are
        left (with how many there are, and at which ``clean``).

    Notes
    -----
    ATT(g, t) is the mean of Y_t - Y_b over the places that open in g, minus that over the controls;
    b is the last period before g - ``anticipation``, and for t < g the period before t. Standard
    errors are those of the influence function, clustered by place, with the influence of estimated
    weights and without small-sample correction; intervals are normal. Of `overall`, ``dynamic`` is
    the plain mean over event times from 0 on, ``groups`` the mean over cohorts by their size,
    ``calendar`` the plain mean over periods.

    `breakdown` is the simplest form of the relative magnitudes of Rambachan and Roth: trends after
    the opening may differ in each period by so many times the largest estimated change before it.

    References
    ----------
    Callaway and Sant'Anna (2021), Difference-in-differences with multiple time periods, Journal of
    Econometrics 225. Rambachan and Roth (2023), A more credible approach to parallel trends,
    Review of Economic Studies 90.

    Examples
    --------
    >>> import pandas as pd
    >>> change = {"a": [1, 1, 4, 5], "b": [2, 3, 3, 7], "c": [5, 5, 6, 7], "d": [0, 1, 1, 2]}
    >>> wide = pd.DataFrame(change, index=pd.Index([2018, 2019, 2020, 2021], name="period"))
    >>> panel = wide.melt(ignore_index=False, var_name="place", value_name="firms").reset_index()
    >>> openings = pd.DataFrame({"place": ["a", "b"], "opened": [2020, 2021]})
    >>> found = evaluate_openings(panel, outcome="firms", openings=openings)
    >>> found.cells[["cohort", "period", "estimate"]].head(3)
       cohort  period  estimate
    0    2020    2019 -0.666667
    1    2020    2020  2.666667
    2    2020    2021  2.500000
    """
    for_bands, for_dates = check_rng(rng).spawn(2)
    wide, strata = _read_panel(panel, outcome, match)
    opened, group, elsewhere = _read_openings(openings, by, wide)
    whole = Panel(wide.index, wide.columns.to_numpy(np.int64), wide.to_numpy(), opened)
    kept = opened > whole.periods[0]
    # Places that opened at once still expose others: they stay in the columns.
    shares = None if network is None else _shares(network, whole.places)[kept]
    rules = Rules(controls, anticipation, confidence, clean, shares)
    data = whole.of(kept)
    exposed = rules.exposed(data, opened)
    cells = cells_of(data, exposed, rules)
    result = evaluation_of(cells, rules, for_bands, left_out=int((~kept).sum()))
    result = replace(result, elsewhere=elsewhere)
    if permutations:
        drawn = _permuted(whole, kept, strata, rules, permutations, for_dates)
        estimate = float(result.average["estimate"].iloc[0])
        p = (1 + int((np.abs(drawn) >= abs(estimate) - 1e-12).sum())) / (1 + drawn.size)
        result = replace(result, permutation_p=p)
    if network is not None:
        result = replace(result, spillover=_spillover(data, exposed, rules, for_bands))
    if by is None:
        return result
    return _by_group(result, data, exposed, rules, group[kept], for_bands)


def _read_panel(
    panel: pd.DataFrame, outcome: str, match: str | None
) -> tuple[pd.DataFrame, npt.NDArray[np.integer]]:
    """Outcomes, places by periods, and the quartile of each place."""
    check_columns("panel", panel, ["period", match])
    if {"measure", "node", "value"} <= {*panel}:  # from measure_panel
        panel = panel[panel["measure"] == outcome]
        panel = panel.rename(columns={"node": "place", "value": outcome})
    check_columns("panel", panel, ["place", outcome or repr(outcome)])
    panel = panel.reset_index(drop=True)
    place = as_text(panel["place"])[0]
    period, bad = as_periods(panel["period"])
    value, odd = as_numbers(panel[outcome])
    bad = bad | period.isna().to_numpy() | place.isna().to_numpy() | odd | ~np.isfinite(value)
    if bad.any():
        rows = examples(np.flatnonzero(bad).tolist(), str)
        msg = f"each row of the panel must have a place, a whole period and a number {outcome!r}; "
        raise InputError(f"{msg}{bad.sum():,} have not, e.g. row {rows}.")
    table = pd.DataFrame({"place": place, "period": period.astype("int64"), "value": value})
    if (twice := table.duplicated(["place", "period"], keep=False)).any():
        rows = examples(np.flatnonzero(twice).tolist(), str)
        raise InputError(f"the panel must have one row a place and period; not so rows {rows}.")
    wide = table.pivot(index="place", columns="period", values="value")
    if (gaps := wide.isna().any(axis=1)).any():
        names = examples(wide.index[gaps])
        msg = f"every place must be in every period of the panel; {gaps.sum():,} are not: {names}."
        raise InputError(f"{msg} Leave out places, or periods, that are not complete.")
    if wide.shape[1] < 2:
        raise InputError(f"the panel must have two periods or more; it has {wide.shape[1]}.")
    if match is None:
        return wide, np.zeros(len(wide), np.int64)
    start = period.eq(wide.columns[0])
    number, odd = as_numbers(panel.loc[start, match])
    if (odd | ~np.isfinite(number)).any():
        raise InputError(f"`match` must be numbers in the first period; {match!r} is not.")
    rank = pd.Series(number, place[start]).reindex(wide.index).rank(method="first")
    return wide, pd.qcut(rank, 4, labels=False).to_numpy()


def _read_openings(
    openings: pd.DataFrame, by: str | None, wide: pd.DataFrame
) -> tuple[Floats, pd.Series[Any], int]:
    """Period of each opening (inf: never; -inf: not known); its group; openings elsewhere."""
    check_columns("openings", openings, ["opened", by])
    of_enclaves = "place" not in openings and "home" in openings
    if of_enclaves:
        openings = openings.rename(columns={"home": "place"})
    check_columns("openings", openings, ["place"])
    place = as_text(openings["place"])[0]
    elsewhere = place[openings["opened"].notna() & ~place.isin(wide.index)].nunique()
    first = first_openings(openings, place, wide.index, by)
    opened = first["opened"].where(first["opened"] <= wide.columns[-1], np.inf).to_numpy(copy=True)
    if of_enclaves:
        opened[first["undated"]] = -np.inf
    return opened, first["group"].rename(by), elsewhere


def _shares(network: MultilayerNetwork, places: pd.Index[str]) -> sparse.csr_array:
    """Share of the link weight of each place of the panel that leads to each other."""
    check_network(network)
    storage = network.storage
    at = storage.place_names.get_indexer(places)
    if (at < 0).all():
        msg = "places of the panel must be places of the network's nodes; none is: the panel has "
        have = f"{examples(places)}; the network {examples(storage.place_names) or 'none'}"
        raise InputError(f"{msg}{have}.")
    rows = storage.link_rows()
    observed = np.array([not storage.records[name].modelled for name in network.layers], bool)
    ends = storage.place_codes[[rows.source, rows.target]]
    used = observed[rows.layer] & (ends[0] != ends[1]) & (ends >= 0).all(axis=0)
    size = len(storage.place_names) + 1  # the last: no place of the network
    way = sparse.coo_array((rows.weight[used], tuple(ends[:, used])), shape=(size, size))
    ties = sparse.csr_array(way + way.T)
    around = ties.sum(axis=1)
    to_one = sparse.diags_array(np.divide(1.0, around, out=np.zeros(size), where=around > 0))
    return sparse.csr_array(to_one @ ties)[at][:, at]


def _permuted(
    whole: Panel,
    kept: Mask,
    strata: npt.NDArray[np.integer],
    rules: Rules,
    permutations: int,
    rng: np.random.Generator,
) -> Floats:
    drawn = []
    places = [np.flatnonzero(kept & (strata == each)) for each in np.unique(strata)]
    for child in rng.spawn(permutations):
        opened = whole.opened.copy()
        for at in places:
            opened[at] = whole.opened[child.permutation(at)]
        data = whole._replace(opened=opened).of(kept)
        try:
            cells = cells_of(data, rules.exposed(data, opened), rules, since=True)
        except InputError:  # these dates leave no controls: no estimate, and no draw
            continue
        share = cells.effects.treated.sum(axis=1)
        drawn.append(np.average(cells.effects.estimate, weights=share))
    return np.array(drawn)


def _spillover(
    data: Panel, exposed: Mask, rules: Rules, rng: np.random.Generator
) -> Evaluation | None:
    """Exposure as an opening, of places that never open, against those never exposed."""
    never = np.isinf(data.opened)
    first = np.where(exposed.any(axis=1), data.periods[exposed.argmax(axis=1)], np.inf)
    kept = never & ~exposed[:, 0]
    part = data._replace(opened=first).of(kept)
    plain = replace(rules, controls="never", anticipation=0, shares=None)
    if not np.isfinite(part.opened).any() or not np.isinf(part.opened).any():
        return None
    cells = cells_of(part, np.zeros(part.outcome.shape, bool), plain)
    return evaluation_of(cells, plain, rng, left_out=int((never & ~kept).sum()))


def _by_group(
    result: Evaluation,
    data: Panel,
    exposed: Mask,
    rules: Rules,
    group: pd.Series[Any],
    rng: np.random.Generator,
) -> Evaluation:
    """The same for each group, against the same controls."""
    parts: dict[Any, Evaluation] = {}
    means: dict[Any, Effects] = {}
    code, names = pd.factorize(group.where(np.isfinite(data.opened)), sort=True)
    for at, name in enumerate(names):
        try:
            cells = cells_of(data, exposed, rules, of=code == at)
        except InputError as error:
            raise InputError(f"of {group.name} {name!r}: {error}") from None
        parts[name] = evaluation_of(cells, rules, rng)
        means[name] = mean_of(cells.effects.where(cells.since))
    tables = {}
    for key in ("average", "cells", "dynamic", "groups", "calendar"):
        stacked = pd.concat({name: getattr(part, key) for name, part in parts.items()})
        if group.name in stacked:
            raise InputError(f"`by` must not be a column of the result; found {group.name!r}.")
        stacked.insert(0, group.name, stacked.index.get_level_values(0))
        tables[key] = stacked.reset_index(drop=True)
    rows = []
    for one, two in combinations(means, 2):
        a, b = means[one], means[two]
        both = a._replace(estimate=a.estimate - b.estimate, influence=a.influence - b.influence)
        rows.append([one, two, *average_of(both, rules.confidence).iloc[0]])
    columns = ["first", "second", *STATISTICS, "p"]
    return replace(result, **tables, difference=pd.DataFrame(rows, columns=columns))
