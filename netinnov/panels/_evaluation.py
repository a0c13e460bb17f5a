"""Did it work? Openings at different times evaluated on places, with neighbours affected too."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_numbers, as_periods, as_text
from netinnov._runtime.arguments import check_rng, examples
from netinnov._typing import Confidence, Floats, Integers, Mask, Rng, Share, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.panels import _staggered as staggered
from netinnov.panels._openings import check_columns, first_openings
from netinnov.panels._staggered import Controls, Effects, Evaluation, Panel, Rules


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

    Staggered difference in differences after Callaway and Sant'Anna (2021, Journal of Econometrics
    225). Read as effects only under its assumptions: without the opening the places would have
    changed as the controls did (parallel trends), nobody acts on an opening earlier than
    `anticipation` says, and openings touch no place but those that `network` takes out of the
    controls.

    Parameters
    ----------
    panel : DataFrame
        One row a place and period, every place in every period: ``place``, ``period`` (whole
        numbers) and the outcome. Or what `measure_panel` gives, whose nodes are the places.
    outcome : str
        Its column, or measure; numbers, none missing.
    openings : DataFrame
        ``place``, ``opened`` (a period; missing: never), and any columns; of several openings of a
        place the earliest counts. Or what `enclave_openings` gives, whose homes are the places:
        those with an enclave that is not dated are left out.
    controls : {"not_yet", "never"}
        Places that have not opened by then (with `anticipation`), or those that never do.
    anticipation : int
        Periods before the opening in which it may be felt already.
    by : str, optional
        A column of `openings`, such as ``direction`` or classes of a dose: effects of each group
        against the same controls, and their differences.
    network : MultilayerNetwork, optional
        Links between the places. A place without an opening is *exposed* once more than `clean`
        of its link weight leads to places that have opened; exposed places are no controls, and
        ``spillover`` is what exposure does to places that never open. Effects of openings on other
        opened places are not removed.
    clean : float
        From 0 to 1. Weights of all observed layers, periods and both directions are added; links
        inside a place do not count.
    confidence : float
        Of the intervals.
    permutations : int
        Draws of randomisation inference: opening dates exchanged among the places.
    match : str, optional
        A column of the panel: dates are exchanged within the quartiles of its first values.
    rng : None, int, SeedSequence or Generator
        Source of randomness, of permutations and simultaneous bands.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        Not one outcome for each place and period, no place that opens in the panel or is in the
        network, a first opening of two groups, or no controls left at this `clean`.

    Notes
    -----
    ATT(g, t) is the mean of Y_t - Y_b over the places that open in g, minus that over the controls;
    b is the last period before g - `anticipation`, and for t < g the period before t. Standard
    errors are of the influence function, clustered by place, with the influence of estimated
    weights and no small-sample correction; intervals are normal.

    Examples
    --------
    >>> columns = {"place": list("aabbcc"), "period": [1, 2] * 3, "firms": [1, 4, 2, 3, 0, 1]}
    >>> panel = pd.DataFrame(columns)
    >>> openings = pd.DataFrame({"place": ["a"], "opened": [2]})
    >>> found = evaluate_openings(panel, outcome="firms", openings=openings)
    >>> found.average["estimate"].tolist()  # 3 less 1
    [2.0]
    """
    for_bands, for_dates = check_rng(rng).spawn(2)
    wide, strata = _read_panel(panel, outcome, match)
    opened, group, elsewhere = _read_openings(openings, by, wide)
    periods = wide.columns.to_numpy(np.int64)
    shares = None if network is None else _shares(network, wide.index)
    whole = Panel(periods, wide.to_numpy(), opened, _exposed(shares, opened, periods, clean))
    kept = opened > periods[0]  # places that opened at once still expose others
    data, rules = whole.of(kept), Rules(controls, anticipation, confidence, clean)
    cells = staggered.cells_of(data, rules)
    more: dict[str, Any] = {"left_out": int((~kept).sum()), "elsewhere": elsewhere}
    result = staggered.evaluation_of(cells, rules, for_bands)
    if permutations:
        drawn = _permuted(whole, kept, strata, rules, shares, for_dates.spawn(permutations))
        larger = np.abs(drawn) >= abs(result.average["estimate"].iloc[0]) - 1e-12
        more["permutation_p"] = (1 + int(larger.sum())) / (1 + drawn.size)
    if network is not None:
        more["spillover"] = _spillover(data, rules, for_bands)
    if by is not None:
        if by in {*result.average, *result.cells, *result.dynamic}:
            raise InputError(f"`by` must not be the name of a column of the result; rename {by!r}.")
        more |= _by_group(data, rules, group[kept], for_bands)
    return replace(result, **more)


def _read_panel(
    panel: pd.DataFrame, outcome: str, match: str | None
) -> tuple[pd.DataFrame, Integers]:
    """Outcomes, places by periods, and the quartile of each place."""
    check_columns("panel", panel, ["period", match])
    if {"measure", "node", "value"} <= {*panel}:  # from measure_panel
        panel = panel[panel["measure"] == outcome]
        panel = panel.rename(columns={"node": "place", "value": outcome})
    check_columns("panel", panel, ["place", outcome])
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
    if match is None:
        return wide, np.zeros(len(wide), np.int64)
    start = period == wide.columns[0]
    size = pd.Series(as_numbers(panel.loc[start, match])[0], place[start]).reindex(wide.index)
    if not np.isfinite(size).all():
        raise InputError(f"`match` must be numbers in the first period; {match!r} is not.")
    return wide, pd.qcut(size.rank(method="first"), 4, labels=False).to_numpy()


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
    storage, names = network.storage, network.storage.place_names
    at = names.get_indexer(places)
    if (at < 0).all():
        msg = "places of the panel must be places of the network's nodes; none is: the panel has "
        raise InputError(f"{msg}{examples(places)}; the network {examples(names) or 'none'}.")
    rows = storage.link_rows()
    observed = np.array([not storage.records[name].modelled for name in network.layers], bool)
    ends = storage.place_codes[[rows.source, rows.target]]
    used = observed[rows.layer] & (ends[0] != ends[1]) & (ends >= 0).all(axis=0)
    size = len(names) + 1  # the last: no place of the network
    way = sparse.coo_array((rows.weight[used], tuple(ends[:, used])), shape=(size, size))
    ties = sparse.csr_array(way + way.T)
    around = ties.sum(axis=1)
    to_one = sparse.diags_array(1 / np.where(around > 0, around, 1.0))
    return sparse.csr_array(to_one @ ties)[at][:, at]


def _exposed(
    shares: sparse.csr_array | None, opened: Floats, periods: Integers, clean: float
) -> Mask:
    since: Mask = opened[:, None] <= periods
    return np.zeros_like(since) if shares is None else shares @ since > clean + 1e-12


def _permuted(
    whole: Panel,
    kept: Mask,
    strata: Integers,
    rules: Rules,
    shares: sparse.csr_array | None,
    rngs: Sequence[np.random.Generator],
) -> Floats:
    drawn = [np.empty(0)]
    places = [np.flatnonzero(kept & (strata == each)) for each in np.unique(strata)]
    for rng in rngs:
        opened = whole.opened.copy()
        for at in places:
            opened[at] = whole.opened[rng.permutation(at)]
        exposed = _exposed(shares, opened, whole.periods, rules.clean)
        panel = whole._replace(opened=opened, exposed=exposed).of(kept)
        with suppress(InputError):  # dates that leave no controls: no estimate, and no draw
            drawn.append(_average(staggered.cells_of(panel, rules)).estimate)
    return np.concatenate(drawn)


def _average(cells: staggered.Cells) -> Effects:
    cohort, period, effects = cells
    return staggered.mean_of(effects.where(period >= cohort))


def _spillover(data: Panel, rules: Rules, rng: np.random.Generator) -> Evaluation | None:
    """Exposure as an opening, of places that never open, against those never exposed."""
    exposed, never = data.exposed, np.isinf(data.opened)
    first = np.where(exposed.any(axis=1), data.periods[exposed.argmax(axis=1)], np.inf)
    kept = never & ~exposed[:, 0]
    part = data._replace(opened=first, exposed=np.zeros_like(exposed)).of(kept)
    if np.isinf(part.opened).all() or np.isfinite(part.opened).all():
        return None
    plain = rules._replace(controls="never", anticipation=0)
    result = staggered.evaluation_of(staggered.cells_of(part, plain), plain, rng)
    return replace(result, left_out=int((never & ~kept).sum()))


def _by_group(
    data: Panel, rules: Rules, group: pd.Series[Any], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Tables of each group, against the same controls, and differences of the averages."""
    parts: dict[Any, Evaluation] = {}
    means: dict[Any, Effects] = {}
    code, names = pd.factorize(group.where(np.isfinite(data.opened)), sort=True)
    for at, name in enumerate(names):
        try:
            cells = staggered.cells_of(data, rules, of=code == at)
        except InputError as error:
            raise InputError(f"of {group.name} {name!r}: {error}") from None
        parts[name] = staggered.evaluation_of(cells, rules, rng)
        means[name] = _average(cells)
    tables = {}
    for key in ("average", "cells", "dynamic", "groups", "calendar"):
        of_groups = {name: getattr(part, key) for name, part in parts.items()}
        stacked = pd.concat(of_groups, names=[group.name])
        tables[key] = stacked.reset_index(level=0).reset_index(drop=True)
    rows = []
    for one, two in combinations(means, 2):
        a, b = means[one], means[two]
        both = a._replace(estimate=a.estimate - b.estimate, influence=a.influence - b.influence)
        rows.append([one, two, *staggered.average_of(both, rules.confidence).iloc[0]])
    columns = ["first", "second", *staggered.STATISTICS, "p"]
    return tables | {"difference": pd.DataFrame(rows, columns=columns)}
