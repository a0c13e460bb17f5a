"""Whether who adopts when goes with who is linked, beyond a time course common to a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_floats, as_whole, check_rng, check_type, shown
from netinnov._columns import as_numbers
from netinnov._paths import union
from netinnov._significance import why_untested
from netinnov._statistics import two_sided
from netinnov._typing import Floats, Integers, Rng
from netinnov.errors import InputError
from netinnov.mechanisms.diffusion._contagion import on_nodes, refuse_twice
from netinnov.network import MultilayerNetwork

Exposure = Literal["number", "share"]


def adoption_test(
    network: MultilayerNetwork,
    dates: pd.Series | Mapping[str, float],
    *,
    strata: str | pd.Series | None = None,
    exposure: Exposure = "number",
    permutations: int = 999,
    rng: Rng = None,
) -> pd.DataFrame:
    """Excess of adopted contacts among those who adopt, against dates shuffled within groups.

    Parameters
    ----------
    network : MultilayerNetwork
        Who influences whom, from source to target in directed layers. A table of who *names* whom
        as an adviser has to be turned round first. Weights do not count.
    dates : Series or mapping from node to number
        Date of adoption; inf: not when the watch ended; NaN or absent: not known.
    strata : str or Series, optional
        Group of each node, or a column of the nodes, such as the city: each group keeps its time
        course, since dates are shuffled within it. None: one group.
    exposure : {"number", "share"}
        Count adopted contacts, or divide by all contacts whose date is known (0 without one).
    permutations, rng : int, Generator or seed
        Number of shuffles, 1 or more, and their source.

    Returns
    -------
    DataFrame
        A row each layer, and ``together`` for all layers with each pair once:

        - ``adopters`` that are compared with somebody, ``at_exposed``: their mean exposure on their
          date, ``at_risk``: that of all in the group who had not adopted before;
        - ``excess``: the former minus the latter, and over shuffles its ``mean``, ``sd``, ``z``,
          ``p`` (twice the smaller tail), ``p_more`` (upper tail, (k + 1) / (n + 1)) and ``p_any``,
          the chance that the largest ``|z|`` of all rows is as large. NaN without variation.

    Raises
    ------
    InputError
        If an option is unknown, no date is known, or a known node has no group.

    Warns
    -----
    UserWarning
        A layer is modelled (`MultilayerNetwork.layer_table`): its p says nothing of what was seen.

    Notes
    -----
    A contact counts as adopted if its date is strictly earlier. Nodes without a date are left out,
    non-adopters at risk throughout. The excess times the number of adopters is the score of a
    proportional hazards model with the groups as strata, at an effect of 0, so that a time course
    common to a group, whatever its shape, gives no excess.

    A small p does not prove contagion: the well linked adopt early for other reasons, likes link
    alike (homophily), and one campaign reaches many at once. In Medical Innovation the effect of
    contacts disappears once marketing is controlled (Van den Bulte and Lilien 2001).

    References
    ----------
    Coleman, Katz and Menzel (1957), The diffusion of an innovation among physicians, Sociometry 20,
    253-270. Van den Bulte and Lilien (2001), Medical innovation revisited: social contagion versus
    marketing effort, American Journal of Sociology 106, 1409-1435.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> path = pd.DataFrame({"source": list("abcdefg"), "target": list("bcdefgh")})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcdefgh")), path)
    >>> test = adoption_test(network, dict(zip("abcdefgh", range(8))), rng=1)
    >>> bool(test.loc["together", "p_more"] < 0.01)  # one after another along the path
    True
    """
    permutations = as_whole("permutations", permutations, low=1)
    rng = check_rng(rng)
    index = network.storage.nodes.index
    dated = _dates(dates, index)
    stay = ~np.isnan(dated)
    known, times = np.flatnonzero(stay), dated[stay]
    if not np.isfinite(times).any():
        msg = "`dates` must hold the finite date of at least one node of the network; found none."
        raise InputError(msg)
    if isinstance(strata, str):
        if strata not in network.storage.nodes:
            raise InputError(f"`strata` must be a column of the nodes; found {strata!r}.")
        strata = network.storage.nodes[strata]
    groups: object = strata
    if groups is not None and not isinstance(groups, pd.Series):
        msg = "`strata` must be a column of the nodes or a Series over them; found"
        raise InputError(f"{msg} {shown(strata)}.")
    group = _codes(strata, index, stay)
    why_untested(network)
    steps = np.unique(times[np.isfinite(times)])
    # Position of the date among all dates; non-adopters come behind the last.
    when = np.searchsorted(steps, times).astype(np.float64)
    orders: list[Floats] = [when]
    orders += [_shuffled(when, group, rng) for _ in range(permutations)]
    every = {layer: union(network.select(layers=[layer])) for layer in network.layers}
    every["together"] = union(network)
    rows, values = [], []
    for linked in every.values():
        into = linked[known][:, known].toarray().T > 0
        divisor = np.maximum(into.sum(axis=1), 1) if exposure == "share" else np.ones(len(known))
        weight: Floats = into / divisor[:, None]
        drawn = [_excess(weight, order, group, steps.size) for order in orders]
        rows.append(drawn[0])
        values.append([row[-1] for row in drawn])
    index = pd.Index(list(every), dtype="str", name="layer")
    table = pd.DataFrame(rows, index, ["adopters", "at_exposed", "at_risk", "excess"])
    observed, *null = np.array(values).T
    return table.join(_against(observed, np.array(null)).set_index(index))


def order_test(
    steps: pd.Series | pd.DataFrame,
    dates: pd.Series | Mapping[str, float],
    *,
    strata: pd.Series | None = None,
    permutations: int = 999,
    rng: Rng = None,
) -> pd.DataFrame:
    """Agreement of a modelled order of adoption with the observed one, within groups.

    Nodes that the model cannot reach tie with one another, so that a large part without contacts
    draws the concordance to 1/2. The note on causes in `adoption_test` applies here too.

    Parameters
    ----------
    steps : Series or DataFrame
        Modelled step each node, such as `expected_steps` gives, or a column of them each model;
        seeds, of step 0 in any of them, are left out, and nodes without a step (NaN). Infinite:
        never.
    dates
        As in `adoption_test`.
    strata : Series, optional
        Group of each node, within which pairs are compared and dates shuffled. None: one group.
    permutations, rng
        As in `adoption_test`.

    Returns
    -------
    DataFrame
        A row each model: ``nodes``, ``pairs`` of different dates within a group; ``concordance``:
        share of pairs whose earlier adopter has the smaller step, a tie counting one half
        (Harrell's C: 1/2 means no agreement, 1 the same order); over shuffles ``mean``, ``sd``,
        ``z``, ``p``, ``p_more`` and ``p_any``, as in `adoption_test`. NaN without a pair.

    Raises
    ------
    InputError
        If no date is known, or a known node has no group.

    References
    ----------
    Harrell et al. (1982), Evaluating the yield of medical tests, JAMA 247, 2543-2546.

    Examples
    --------
    >>> import pandas as pd
    >>> steps = pd.Series({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0})
    >>> test = order_test(steps, {"a": 1, "b": 2, "c": 9, "d": float("inf")}, rng=1)
    >>> test[["pairs", "concordance"]].values.tolist()
    [[3.0, 1.0]]
    """
    permutations = as_whole("permutations", permutations, low=1)
    rng = check_rng(rng)
    check_type("steps", steps, pd.Series, pd.DataFrame)
    models = steps if isinstance(steps, pd.DataFrame) else steps.to_frame()
    refuse_twice("steps", models.index)
    times = _dates(dates, models.index)
    step = as_floats("steps", models)
    stay = (step > 0).all(axis=1) & ~np.isnan(times)
    if np.isnan(times).all():
        raise InputError("`dates` must hold the date of at least one node; found none.")
    group = _codes(strata, models.index, stay)
    step, when = step[stay], times[stay]
    # For each model and pair: 1 if the row has the smaller step, 1/2 for a tie, 0 otherwise.
    right = ((step[:, None] < step) + 1.0 * (step[:, None] <= step)) / 2
    same = group[:, None] == group[None, :]

    def concordance(order: Floats) -> tuple[Floats, int]:
        earlier = (order[:, None] < order[None, :]) & same
        pairs = int(earlier.sum())
        return right[earlier].sum(axis=0) / (pairs or np.nan), pairs

    observed, pairs = concordance(when)
    null = [concordance(_shuffled(when, group, rng))[0] for _ in range(permutations)]
    table = pd.DataFrame(
        {"nodes": int(stay.sum()), "pairs": pairs, "concordance": observed}, index=models.columns
    )
    return table.join(_against(observed, np.array(null)).set_index(models.columns))


def _dates(dates: pd.Series | Mapping[str, float], index: pd.Index) -> Floats:
    """Date of each node, NaN where none is given."""
    table: object = dates
    if not isinstance(table, (pd.Series, Mapping)):
        msg = "`dates` must be a Series or mapping from nodes to numbers; found"
        raise InputError(f"{msg} {shown(dates)}.")
    adopted = pd.Series(dates)
    number, text = as_numbers(adopted)
    if text.any():
        some = adopted[text].head().to_dict()
        raise InputError(f"`dates` must be numbers, such as years; these are none: {some}.")
    return np.asarray(on_nodes("dates", pd.Series(number, adopted.index), index), np.float64)


def _codes(strata: pd.Series | None, index: pd.Index, stay: npt.NDArray[np.bool_]) -> Integers:
    if strata is None:
        return np.zeros(int(stay.sum()), np.int64)
    check_type("strata", strata, pd.Series)
    codes: Integers = pd.factorize(on_nodes("strata", strata, index))[0][stay].astype(np.int64)
    if (codes < 0).any():
        lost = index[stay][codes < 0]
        msg = "`strata` must give a group to each node with a date; "
        raise InputError(f"{msg}{lost.size} have none, e.g. {lost[:5].tolist()}.")
    return codes


def _shuffled(values: Floats, group: Integers, rng: np.random.Generator) -> Floats:
    """Values permuted within each group."""
    result = np.empty_like(values)
    result[np.argsort(group, kind="stable")] = values[np.lexsort((rng.random(group.size), group))]
    return result


def _excess(
    into: Floats, when: Floats, group: Integers, n_steps: int
) -> tuple[int, float, float, float]:
    """Adopters, mean exposure of them and of their risk set, and the former less the latter."""
    dates = np.arange(n_steps)
    before = (when[:, None] < dates).astype(np.float64)
    exposed = into @ before
    at_risk = 1.0 - before
    member = (group == np.arange(group.max() + 1)[:, None]).astype(np.float64)
    size = member @ at_risk
    total = member @ (at_risk * exposed)
    adopts = np.flatnonzero(when < n_steps)
    date = when[adopts].astype(np.int64)
    others = size[group[adopts], date]
    compared = others > 1
    adopts, date, others = adopts[compared], date[compared], others[compared]
    if not adopts.size:
        return 0, np.nan, np.nan, np.nan
    own = exposed[adopts, date].mean()
    all_at_risk = (total[group[adopts], date] / others).mean()
    return int(adopts.size), float(own), float(all_at_risk), float(own - all_at_risk)


def _against(observed: Floats, null: Floats) -> pd.DataFrame:
    """Compare values with those of shuffles, a row each; a shuffle is a row of the null."""
    n = len(null)
    mean, margin = null.mean(axis=0), 1e-12 * np.abs(observed)
    sd = null.std(axis=0, ddof=1) if n > 1 else np.full(observed.size, np.nan)
    sd = np.where(sd > 1e-12 * np.maximum(1.0, np.abs(observed)), sd, np.nan)
    z = (observed - mean) / sd
    defined = ~np.isnan(observed)
    more = np.where(defined, ((null >= observed - margin).sum(axis=0) + 1) / (n + 1), np.nan)
    p_any = np.full(observed.size, np.nan)
    varies = ~np.isnan(z)
    if varies.any():
        largest = np.abs((null - mean) / sd)[:, varies].max(axis=1)
        as_large = largest[:, None] >= np.abs(z[varies]) - 1e-12
        p_any[varies] = (as_large.sum(axis=0) + 1) / (n + 1)
    p = two_sided(observed, null)
    return pd.DataFrame({"mean": mean, "sd": sd, "z": z, "p": p, "p_more": more, "p_any": p_any})
