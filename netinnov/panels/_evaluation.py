"""Did it work? Openings at different times evaluated on places, with neighbours affected too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.columns import as_numbers, as_periods, as_text
from netinnov._runtime.arguments import check_choice, check_rng, check_type, examples
from netinnov._typing import Confidence, Floats, Mask, Rng, Share, Whole
from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.panels._staggered import (
    STATISTICS,
    Controls,
    Evaluation,
    Panel,
    Rules,
    Sum,
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
        every place in every period.
    outcome : str
        Its column; numbers, none missing.
    openings : DataFrame
        ``place``, ``opened`` (a period; missing: never), and any columns. Places that are not
        there never open; of a place in several rows the first counts.
    controls : {"not_yet", "never"}
        Places that have not opened by then (with ``anticipation``), or those that never do.
    anticipation : int
        Periods before the opening in which it may be felt already.
    by : str, optional
        A column of ``openings``, such as ``direction``: effects of each group against the same
        controls, and their differences.
    network : MultilayerNetwork, optional
        Links between the places. A place without an opening is *exposed* once more than ``clean``
        of its link weight leads to places that have opened; exposed places are no controls, and
        ``spillover`` is what exposure does to places that never open. Opened places stay as they
        are where they are exposed: effects of openings on other opened places are not removed.
    clean : float
        From 0 to 1; see ``network``. Weights of all observed layers and both directions are added;
        links inside a place do not count.
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
        panel, or no controls are left (with how many there are, and at which ``clean``).

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
    check_choice("controls", controls, Controls)
    for_bands, for_dates = check_rng(rng).spawn(2)
    data, strata = _read_panel(panel, outcome, openings, match)
    kept = data.opened > data.periods[0]
    ties = around = None
    if network is not None:
        ties, around = _ties(network, data.places)
        ties, around = ties[kept], around[kept]
    rules = Rules(controls, anticipation, confidence, clean, ties, around)
    groups = _groups(openings, by, data)
    # Places that opened at once still expose others: they stay in the columns of `ties`.
    whole = data
    data = Panel(data.places[kept], data.periods, data.outcome[kept], data.opened[kept])
    exposed = rules.exposed(data, whole.opened)
    cells = cells_of(data, exposed, rules)
    result = evaluation_of(cells, rules, for_bands, left_out=int((~kept).sum()))
    if permutations:
        drawn = _permuted(whole, kept, strata, rules, permutations, for_dates)
        estimate = float(result.average["estimate"].iloc[0])
        p = (1 + int((np.abs(drawn) >= abs(estimate) - 1e-12).sum())) / (1 + drawn.size)
        result = replace(result, permutation_p=p)
    if network is not None:
        result = replace(result, spillover=_spillover(data, exposed, rules, for_bands))
    if by is None:
        return result
    return _by_group(result, data, exposed, rules, by, groups[kept], for_bands)


def _read_panel(
    panel: pd.DataFrame, outcome: str, openings: pd.DataFrame, match: str | None
) -> tuple[Panel, npt.NDArray[np.integer]]:
    check_type("panel", panel, pd.DataFrame)
    check_type("openings", openings, pd.DataFrame)
    for table, needed in ((panel, ["place", "period", outcome]), (openings, ["place", "opened"])):
        if missing := [name for name in needed if name not in table]:
            have = ", ".join(map(str, table.columns))
            raise InputError(f"the table must have the columns {missing}; it has {have}.")
    if match is not None and match not in panel:
        raise InputError(f"`match` must be a column of the panel; found {match!r}.")
    place = as_text(panel["place"].reset_index(drop=True))[0]
    period, bad = as_periods(panel["period"].reset_index(drop=True))
    value, odd = as_numbers(panel[outcome].reset_index(drop=True))
    bad = bad | period.isna().to_numpy() | place.isna().to_numpy() | odd | ~np.isfinite(value)
    if bad.any():
        rows = examples(np.flatnonzero(bad).tolist(), str)
        msg = f"each row of the panel must have a place, a whole period and a number {outcome!r}; "
        raise InputError(f"{msg}{bad.sum():,} have not, e.g. row {rows}.")
    twice = pd.DataFrame({"place": place, "period": period}).duplicated(keep=False)
    if twice.any():
        rows = examples(np.flatnonzero(twice).tolist(), str)
        raise InputError(f"the panel must have one row a place and period; not so rows {rows}.")
    table = pd.DataFrame({"place": place, "period": period.astype("int64"), "value": value})
    wide = table.pivot(index="place", columns="period", values="value")
    if (gaps := wide.isna().any(axis=1)).any():
        names = examples(wide.index[gaps])
        msg = f"every place must be in every period of the panel; {gaps.sum():,} are not: {names}."
        raise InputError(f"{msg} Leave out places, or periods, that are not complete.")
    if wide.shape[1] < 2:
        raise InputError(f"the panel must have two periods or more; it has {wide.shape[1]}.")
    periods = wide.columns.to_numpy(np.int64)
    first = openings.assign(place=as_text(openings["place"])[0]).drop_duplicates("place")
    when, bad = as_periods(first["opened"])
    if bad.any():
        raise InputError(
            f"`opened` must be periods or missing; found {examples(first['opened'][bad])}."
        )
    dates = pd.Series(when.to_numpy(np.float64, na_value=np.inf), first["place"])
    opened = dates.reindex(wide.index).fillna(np.inf).to_numpy()
    opened = np.where(opened > periods[-1], np.inf, opened)
    strata = np.zeros(len(wide), np.int64)
    if match is not None:
        start = panel[period.eq(periods[0]).to_numpy()]
        number, odd = as_numbers(start[match])
        if (odd | ~np.isfinite(number)).any():
            raise InputError(f"`match` must be numbers in the first period; {match!r} is not.")
        values = pd.Series(number, as_text(start["place"])[0].to_numpy()).reindex(wide.index)
        strata = pd.qcut(values.rank(method="first"), 4, labels=False).to_numpy()
    return Panel(wide.index, periods, wide.to_numpy(), opened), strata


def _ties(network: MultilayerNetwork, places: pd.Index[str]) -> tuple[Floats, Floats]:
    """Link weight from each place of the panel to each other, and all that leaves it."""
    check_network(network)
    storage = network.storage
    observed = [name for name in network.layers if not storage.records[name].modelled]
    flat = flatten(network.select(layers=observed)) if observed else network
    code = np.append(places.get_indexer(storage.place_names), -1)[flat.storage.place_codes]
    where = np.append(np.arange(len(storage.place_names)), -1)[flat.storage.place_codes]
    n, total = len(places), np.zeros((len(places),) * 2)
    around = np.zeros(n)
    for name in flat.layers:
        block = flat.storage.block(name)
        a, b = block.sources, block.indices
        other = (where[a] != where[b]) & (where[a] >= 0) & (where[b] >= 0)
        for start, end in ((a[other], b[other]), (b[other], a[other])):
            weight, known = block.data[other], code[start] >= 0
            np.add.at(around, code[start][known], weight[known])
            known &= code[end] >= 0
            np.add.at(total, (code[start][known], code[end][known]), weight[known])
    return total, around


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
        data = Panel(whole.places[kept], whole.periods, whole.outcome[kept], opened[kept])
        exposed = rules.exposed(data, opened)
        try:
            cells = cells_of(data, exposed, rules, since=True)
        except InputError:  # these dates leave no controls: no estimate, and no draw
            continue
        share = (data.opened == cells.cohort[:, None]).sum(axis=1)
        drawn.append(np.average(cells.estimate, weights=share))
    return np.array(drawn)


def _spillover(
    data: Panel, exposed: Mask, rules: Rules, rng: np.random.Generator
) -> Evaluation | None:
    """Exposure as an opening, of places that never open, against those never exposed."""
    never = np.isinf(data.opened)
    first = np.where(exposed.any(axis=1), data.periods[exposed.argmax(axis=1)], np.inf)
    left_out = never & exposed[:, 0]
    kept = never & ~left_out
    part = Panel(data.places[kept], data.periods, data.outcome[kept], first[kept])
    plain = replace(rules, controls="never", anticipation=0, ties=None, around=None)
    if not np.isfinite(part.opened).any() or not np.isinf(part.opened).any():
        return None
    nobody = np.zeros((part.opened.size, data.periods.size), bool)
    return evaluation_of(cells_of(part, nobody, plain), plain, rng, left_out=int(left_out.sum()))


def _groups(openings: pd.DataFrame, by: str | None, data: Panel) -> npt.NDArray[Any]:
    if by is None:
        return np.empty(data.opened.size, object)
    if by not in openings:
        raise InputError(f"`by` must be a column of the openings; found {by!r}.")
    first = openings.assign(place=as_text(openings["place"])[0]).drop_duplicates("place")
    group = first.set_index("place")[by].reindex(data.places)
    bare = group.isna().to_numpy() & np.isfinite(data.opened)
    if bare.any():
        msg = f"each place that opens must have a {by!r}; {bare.sum()} have none"
        raise InputError(f"{msg}: {examples(data.places[bare])}.")
    return group.to_numpy(object)


def _by_group(
    result: Evaluation,
    data: Panel,
    exposed: Mask,
    rules: Rules,
    by: str,
    group: npt.NDArray[Any],
    rng: np.random.Generator,
) -> Evaluation:
    """The same for each group, against the same controls."""
    parts: dict[Any, Evaluation] = {}
    sums: dict[Any, Sum] = {}
    for name in sorted(set(group[np.isfinite(data.opened)]), key=str):
        cells = cells_of(data, exposed, rules, of=group == name)
        parts[name] = evaluation_of(cells, rules, rng)
        sums[name] = mean_of(cells.where(cells.period >= cells.cohort))
    tables = {
        name: pd.concat({key: getattr(part, name) for key, part in parts.items()}, names=[by])
        .reset_index(level=0)
        .reset_index(drop=True)
        for name in ("average", "cells", "dynamic", "groups", "calendar")
    }
    names = list(sums)
    rows = []
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            one, two = sums[first], sums[second]
            both = Sum(one.estimate - two.estimate, one.influence - two.influence, *one[2:])
            rows.append([first, second, *average_of(both, rules).iloc[0]])
    columns = ["first", "second", *STATISTICS, "p"]
    return replace(result, **tables, difference=pd.DataFrame(rows, columns=columns))
