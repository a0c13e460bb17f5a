"""What gravity leaves over: observed flows against those that size and distance predict."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import solve_triangular
from scipy.special import xlogy

from netinnov._network.layer_table import record_of_result
from netinnov._network.place_distances import needed
from netinnov._network.rows import Rows
from netinnov._runtime.arguments import check_name, check_type, examples
from netinnov._runtime.display import Displayed
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.linkages._records import numbers, refuse_one_point
from netinnov.network import MultilayerNetwork, network_of_rows

Method = Literal["ppml", "ratio"]

_TOLERANCE = 1e-10  # relative error of the margins at which proportional fitting has converged
_STEPS = 20_000
_EPSILON = float(np.finfo(np.float64).eps)  # predicted relative gain in likelihood at convergence
_MOST_STEPS = 100
_HALVINGS = 1000


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class GravityFit(Displayed):
    """Expected flows of a layer, and how far the observed ones are from them.

    Attributes
    ----------
    network : MultilayerNetwork
        The network as given with one more layer, directed as that of the flows: observed over
        expected flow, above 1 where two places are closer, with both as attributes of links.
    links : DataFrame
        The links of that layer. Pairs without a flow have none: their residual is 0.
    coefficients : Series
        Elasticities of the flow by ``"ppml"``: ``intercept``; ``origin`` and ``destination``
        population, or ``population`` (their product) in an undirected layer; ``distance``. NaN
        for a quantity that is the same for all pairs. Empty with ``"ratio"``.
    standard_errors : Series
        Robust to unequal variances (White's HC0), not to dependence of flows that share a place.
    deviance : float
        Poisson deviance, 2 x sum of y ln(y / m) - (y - m) over all pairs: 0 if all is explained.
    explained : float
        Share of the deviance of equal flows that is explained; NaN if all flows are equal.
    n_pairs : int
        Pairs of places, with those without a flow.
    iterations : int
        Steps the fit took.
    converged : bool
        Whether the last step changed next to nothing.
    """

    network: MultilayerNetwork
    links: pd.DataFrame
    coefficients: pd.Series
    standard_errors: pd.Series
    deviance: float
    explained: float
    n_pairs: int
    iterations: int
    converged: bool

    def to_frame(self) -> pd.DataFrame:
        """Give the fit as a table of one row, without the links.

        Returns
        -------
        DataFrame
            One column a field.
        """
        row = {**self.coefficients, **self.standard_errors.add_suffix("_error")}
        for name in ("deviance", "explained", "n_pairs", "iterations", "converged"):
            row[name] = getattr(self, name)
        return pd.DataFrame([row])


def gravity_residuals(
    network: MultilayerNetwork, *, layer: str, method: Method = "ppml", name: str | None = None
) -> GravityFit:
    """Set the flows between places against those that their size and distance predict.

    Parameters
    ----------
    network : MultilayerNetwork
        A network of places, as `aggregate` makes it.
    layer : str
        The layer of the flows, summed over its periods.
    method : {"ppml", "ratio"}
        What is expected of a pair. ``"ppml"``: exp(a + b1 ln P_i + b2 ln P_j + c ln d_ij), with
        populations and distance, fitted by Poisson pseudo maximum likelihood. ``"ratio"``:
        a_i b_j, so that what leaves and what enters each place adds up as observed.
    name : str, optional
        Name of the layer of residuals; default the name of the layer and ``"_residual"``.

    Returns
    -------
    GravityFit

    Raises
    ------
    InputError
        A name is not in the network or is taken. With ``"ppml"``: a node has no place, population
        or coordinates, two stand at the same point, or flows are too few for the coefficients.

    Warns
    -----
    UserWarning
        The fit did not converge.

    Notes
    -----
    Nodes with a link in the layer take part, with all pairs of them: a pair without a flow counts
    as 0. Self-links are left out. Distances are those of the network. The memory of ``"ppml"``
    grows with the square of the number of places.

    The Poisson fit asks no more than that the expected flow is right; variances may be any. In
    ``"ratio"``, if one place takes part in at least half of all flows, no flow is expected among
    the others, and the fit converges slowly.

    References
    ----------
    Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88. Deming and Stephan
    (1940), Annals of Mathematical Statistics 11.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": list("aabcc"), "target": list("bccad")})
    >>> network = ni.build_network(flows.assign(weight=2.0))
    >>> fit = gravity_residuals(network, layer="links", method="ratio")
    >>> fit.converged, fit.network.layers
    (True, ('links', 'links_residual'))
    """
    layer = check_name("layer", layer, network.layers)
    name = f"{layer}_residual" if name is None else name
    check_type("name", name, str)
    if name in network.layers:
        raise InputError(
            f"there is a layer {name!r} already; choose another `name` for the residuals."
        )
    flows = _flows(network, layer)
    fit = _by_margins(flows) if method == "ratio" else _by_gravity(network, flows)
    if not fit.converged:
        warnings.warn(
            f"gravity_residuals: layer {layer!r} has no fit yet after {fit.iterations} steps.",
            UserWarning,
            stacklevel=3,
        )

    observed = flows.observed
    total = flows.observed.sum()
    deviance = 2 * float(xlogy(observed, observed / fit.expected).sum() - total + fit.total)
    deviance = max(deviance, 0.0)  # rounding, where all is explained
    equal = 2 * float(xlogy(observed, observed / (total / flows.n_pairs)).sum())
    layers = tuple(sorted({*network.layers, name}))
    residuals = Rows(
        np.full(observed.size, layers.index(name), np.int32),
        flows.nodes[flows.source].astype(np.int32),
        flows.nodes[flows.target].astype(np.int32),
        observed / fit.expected,
        attributes=pd.DataFrame({"observed": observed, "expected": fit.expected}),
    )
    storage = network.storage
    rows = storage.link_rows().with_layers(network.layers, layers).followed_by(residuals)
    record = record_of_result([storage.records[layer]], unit="observed / expected")
    records = storage.records | {name: record}
    larger = network_of_rows(storage.node_table(), storage.place_table, layers, rows, records)
    links = larger.select(layers=[name]).links
    return GravityFit(
        network=larger,
        links=links[["layer", "source", "target", "weight", "observed", "expected"]],
        coefficients=fit.coefficients.copy(),
        standard_errors=fit.errors.copy(),
        deviance=deviance,
        explained=1 - deviance / equal if equal > _TOLERANCE * total else np.nan,
        n_pairs=flows.n_pairs,
        iterations=fit.iterations,
        converged=fit.converged,
    )


class _Flows(NamedTuple):
    nodes: npt.NDArray[np.intp]
    source: Codes
    target: Codes
    observed: Floats
    directed: bool

    @property
    def n_pairs(self) -> int:
        ordered = self.nodes.size * (self.nodes.size - 1)
        return ordered if self.directed else ordered // 2


class _Fit(NamedTuple):
    expected: Floats
    total: float
    iterations: int
    converged: bool
    coefficients: pd.Series = pd.Series(dtype=np.float64)
    errors: pd.Series = pd.Series(dtype=np.float64)


def _flows(network: MultilayerNetwork, layer: str) -> _Flows:
    block = network.storage.simple_csr(layer)
    source = block.sources
    target = block.indices
    observed = block.data
    directed = layer in network.directed
    keep = np.ones(source.size, np.bool_) if directed else source < target
    if not keep.any():
        raise InputError(f"layer {layer!r} must have links between nodes; it has none.")
    source = source[keep]
    target = target[keep]
    observed = observed[keep]
    nodes, ends = np.unique(np.concatenate([source, target]), return_inverse=True)
    a, b = np.split(ends.astype(np.int32), 2)
    return _Flows(nodes, a, b, observed, directed)


def _by_margins(flows: _Flows) -> _Fit:
    """Fit a_i b_j to the margins by iterative proportional fitting, without the diagonal."""
    n = flows.nodes.size
    leaves = np.bincount(flows.source, flows.observed, n)
    enters = np.bincount(flows.target, flows.observed, n)
    if not flows.directed:
        leaves = enters = leaves + enters
    b = enters.copy()
    step = 0
    error = np.inf
    while error > _TOLERANCE and step < _STEPS:
        step += 1
        others = b.sum() - b
        a = np.divide(leaves, others, out=np.zeros(n), where=leaves > 0)
        others = a.sum() - a
        error = np.abs(b * others - enters).sum() / enters.sum()
        b = np.divide(enters, others, out=np.zeros(n), where=enters > 0)
    expected = a[flows.source] * b[flows.target]
    total = float(a.sum() * b.sum() - a @ b)
    if not flows.directed:
        expected = (expected + a[flows.target] * b[flows.source]) / 2
        total /= 2
    return _Fit(expected, total, step, bool(error <= _TOLERANCE))


def _by_gravity(network: MultilayerNetwork, flows: _Flows) -> _Fit:
    storage = network.storage
    nodes = flows.nodes
    index = storage.node_names.take(nodes)
    code = storage.place_codes[nodes]
    if (code < 0).any():
        raise InputError(
            f"every node with a flow must have a place; {(code < 0).sum()} have none: "
            f"{examples(index[code < 0], str)}."
        )
    size = numbers(storage.places.iloc[code], "population", index, low=0.0, above=True)
    n = nodes.size
    i, j = np.nonzero(~np.eye(n, dtype=bool)) if flows.directed else np.triu_indices(n, k=1)
    distance = needed(storage, code[i], code[j], "method='ppml'", flows.directed)
    refuse_one_point(distance, index.take(i), index.take(j))
    log = np.log(size)
    terms = {"origin": log[i], "destination": log[j]}
    if not flows.directed:
        terms = {"population": log[i] + log[j]}
    terms["distance"] = np.log(distance)
    varies = {name: values for name, values in terms.items() if np.ptp(values) > 0}
    covariates = np.column_stack([np.ones(i.size), *varies.values()])
    table = np.zeros((n, n))
    table[flows.source, flows.target] = flows.observed
    observed = table[i, j]
    if np.linalg.matrix_rank(covariates[observed > 0]) < covariates.shape[1]:
        raise InputError(
            f"{flows.observed.size} flows are too few, or too much alike, to tell apart what "
            f"the {covariates.shape[1]} coefficients {', '.join(['intercept', *varies])} do."
        )
    beta, variance, mean, iterations, converged = poisson(covariates, observed)
    table[i, j] = mean
    names = ["intercept", *varies]
    every = ["intercept", *terms]
    return _Fit(
        table[flows.source, flows.target],
        float(mean.sum()),
        iterations,
        converged,
        pd.Series(beta, names).reindex(every),
        pd.Series(np.sqrt(np.diag(variance)), names).reindex(every),
    )


def poisson(covariates: Floats, observed: Floats) -> tuple[Floats, Floats, Floats, int, bool]:
    """Fit ln E(y) = X b by Newton's method: b, robust variance, means, steps, converged.

    The first column is 1. Means can span eleven orders of magnitude, so nothing is a difference of
    large numbers: the change of likelihood comes from the step, the Hessian's factor from rows
    sorted by weight, which keeps each row's accuracy (Cox and Higham 1998).
    """
    norm = np.linalg.norm(covariates, axis=0)
    scaled = covariates / norm
    beta = np.zeros(norm.size)
    beta[0] = np.log(observed.mean()) * norm[0]
    mean = _expected(scaled, beta)
    step = 0
    converged = False
    while not converged and step < _MOST_STEPS:
        step += 1
        triangle = _triangle(scaled, mean)
        score = scaled.T @ (observed - mean)
        move = solve_triangular(triangle, solve_triangular(triangle, score, trans="T"))
        gain = float(score @ move)
        converged = gain <= _EPSILON * observed.sum()
        move /= 2 ** _halvings(mean, scaled @ move, gain)
        beta += move
        mean = _expected(scaled, beta)
    inverse = solve_triangular(_triangle(scaled, mean), np.eye(norm.size)) / norm[:, None]
    bread = inverse @ inverse.T
    scores = covariates * (observed - mean)[:, None]
    return beta / norm, bread @ (scores.T @ scores) @ bread, mean, step, converged


def _expected(covariates: Floats, beta: Floats) -> Floats:
    """The exponent is cut where exp would overflow."""
    return np.exp(np.clip(covariates @ beta, -700.0, 700.0))


def _triangle(covariates: Floats, mean: Floats) -> Floats:
    """R with R'R = X' diag(mean) X, by QR of the rows in descending order of their weight."""
    order = np.argsort(-mean, kind="stable")
    return np.asarray(np.linalg.qr((covariates * np.sqrt(mean)[:, None])[order], mode="r"))


def _halvings(mean: Floats, change: Floats, gain: float) -> int:
    """How often to halve a step of the log means so that the likelihood rises."""
    with np.errstate(over="ignore"):
        for halvings in range(_HALVINGS):
            if mean @ (np.expm1(change) - change) <= gain:
                return halvings
            change = change / 2
            gain = gain / 2
    return _HALVINGS
