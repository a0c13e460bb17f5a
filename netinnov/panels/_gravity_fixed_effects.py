"""Gravity with a fixed effect of each origin and destination: how flows fall with distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from netinnov._arguments import as_list, check_name, check_number, examples
from netinnov._display import Tabled, first_rows
from netinnov._geography import great_circle
from netinnov._significance import why_untested
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.panels._poisson_fixed_effects import poisson_fixed_effects


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class FixedEffectsGravity(Tabled):
    """Elasticities of flows, places held equal.

    Attributes
    ----------
    coefficients : DataFrame
        Index = term: ``distance`` (elasticity) and the borders (change of the logarithm of the
        flow where two places differ). Columns ``estimate, standard_error, low, high, p``.
    n_pairs, n_zero, n_separated : int
        Pairs of the places with flows (ordered ones in a directed layer), of these in the estimate
        without a flow (0), and left out since their origin sends, or destination receives, nothing.
    confidence : float
        Of the intervals.
    """

    _main = "coefficients"

    coefficients: pd.DataFrame
    n_pairs: int
    n_zero: int
    n_separated: int
    confidence: float

    def _pictures(self) -> str:
        return first_rows(self.coefficients.reset_index(), ["term", "p", "estimate"])


def gravity_fixed_effects(
    network: MultilayerNetwork, *, layer: str, borders: Sequence[str] = (), confidence: float = 0.95
) -> FixedEffectsGravity:
    """Estimate how flows fall with distance and at borders, whatever sends and draws them.

    Parameters
    ----------
    network : MultilayerNetwork
        A network of places with ``lon`` and ``lat``.
    layer : str
        The flows, summed over periods. Weights need not be whole numbers.
    borders : sequence of str
        Columns of the places, such as ``parent``: a border is where two places differ in it.
    confidence : float
        Of the intervals.

    Returns
    -------
    FixedEffectsGravity

    Raises
    ------
    InputError
        A place lacks what is needed, or a term cannot be told apart from the fixed effects.
    ImportError
        The package pyfixest is not installed.

    Warns
    -----
    UserWarning
        The layer is modelled (`MultilayerNetwork.layer_table`): p says nothing of what was seen.

    See Also
    --------
    netinnov.linkages.gravity_residuals : With sizes instead of fixed effects, and residuals.

    Notes
    -----
    E(y_ij) = exp(a_i + b_j + c ln d_ij + sum over k of h_k [i and j differ in k]) by Poisson pseudo
    maximum likelihood over all pairs of places with flows; a and b are the same in an undirected
    layer, and self-links are left out. a and b take up size, wealth and the unit of each origin's
    flows, so that shares of origin will do. Distances are great circles. Standard errors allow for
    dependence between flows of one origin and between those of one destination, in an undirected
    layer of all that share a place (Cameron and Miller 2014); negative eigenvalues are set to 0.

    References
    ----------
    Cameron, A. C. and Miller, D. L. (2014). Robust inference for dyadic data. Working paper,
    University of California, Davis.

    Egger, P. H. and Tarlea, F. (2015). Multi-way clustering estimation of standard errors in
    gravity models. Economics Letters 134, 144-147.

    Santos Silva, J. M. C. and Tenreyro, S. (2006). The log of gravity. Review of Economics and
    Statistics 88, 641-658.

    Examples
    --------
    >>> from netinnov.datasets import make_city_system
    >>> network = make_city_system(noise=False, exponent=1.5, border=0.5, n_enclaves=0, rng=1)
    >>> fit = gravity_fixed_effects(network, layer="synthetic_flow", borders=["parent"])
    >>> fit.coefficients["estimate"].round(6).to_dict()
    {'distance': -1.5, 'parent': -0.5}
    """
    layer = check_name("layer", layer, network.layers)
    why_untested(network, [layer])
    check_number("confidence", confidence, low=0.0, high=0.9999, above=True)
    indptr, target, flow = network.storage.simple_csr(layer)
    if not flow.size:
        raise InputError(f"layer {layer!r} must have links between nodes; it has none.")
    source = np.repeat(np.arange(network.n_nodes), np.diff(indptr))
    nodes, ends = np.unique(np.concatenate([source, target]), return_inverse=True)
    table = np.zeros((nodes.size, nodes.size))
    table[tuple(np.split(ends, 2))] = flow
    directed = layer in network.directed
    i, j = np.nonzero(~np.eye(nodes.size, dtype=bool))
    kept = (table.sum(axis=1)[i] > 0) & (table.sum(axis=0)[j] > 0)
    origin, destination, y = i[kept], j[kept], table[i, j][kept]
    places = _places(network, nodes, ["lon", "lat", *as_list("borders", borders)])
    lon, lat = (places[name].to_numpy(np.float64) for name in ("lon", "lat"))
    distance = great_circle(lon[origin], lat[origin], lon[destination], lat[destination])
    if (distance == 0).any():
        raise InputError("two places must not stand at the same point; see aggregate().")
    terms: dict[str, Floats] = {"distance": np.log(distance)}
    for name in borders:
        codes = places[name].factorize()[0]
        terms[name] = (codes[origin] != codes[destination]).astype(np.float64)
    ids = {"origin": origin.astype(np.int64), "destination": destination.astype(np.int64)}
    beta, variance, _ = poisson_fixed_effects(y, terms, ids, ids, function="gravity_fixed_effects")
    if not directed:
        # Each pair stands there either way: meat and bread of the pairs once give twice as much.
        variance = 2 * variance
    error = np.sqrt(np.diag(variance))
    clusters = min(np.unique(values).size for values in ids.values())
    law = scipy.stats.t(max(clusters - 1, 1))
    reach = float(law.ppf((1 + confidence) / 2)) * error
    t = np.divide(np.abs(beta), error, np.full(beta.size, np.nan), where=error > 0)
    coefficients = pd.DataFrame(
        {"estimate": beta, "standard_error": error, "low": beta - reach, "high": beta + reach},
        index=pd.Index(list(terms), name="term"),
    ).assign(p=2 * law.sf(t))
    counts = np.array([i.size, (y == 0).sum(), (~kept).sum()]) // (1 if directed else 2)
    n_pairs, n_zero, n_separated = counts.tolist()
    return FixedEffectsGravity(coefficients, n_pairs, n_zero, n_separated, float(confidence))


def _places(
    network: MultilayerNetwork, nodes: npt.NDArray[np.intp], columns: Sequence[str]
) -> pd.DataFrame:
    """What is known of the place of each node, complete."""
    code = network.storage.place_codes[nodes]
    known = network.storage.places
    if lacks := [name for name in columns if name not in known]:
        raise InputError(f"places must have the columns {list(columns)}; they lack {lacks}.")
    table = known[list(columns)].iloc[np.maximum(code, 0)]
    bad = (code < 0) | table.isna().any(axis=1).to_numpy()
    if bad.any():
        lacking = examples(network.storage.nodes.index.take(nodes)[bad], str)
        msg = f"every node with a flow must have a place with {', '.join(columns)}"
        raise InputError(f"{msg}; {int(bad.sum())} have not: {lacking}.")
    return table
