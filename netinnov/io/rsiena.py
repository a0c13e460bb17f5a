"""Tables and a script for RSiena, which models how networks change over time."""

from __future__ import annotations

import os

from netinnov._public import public_names
from netinnov.errors import InputError
from netinnov.io._r_tables import READ, write_r_folder
from netinnov.io._result_columns import Attributes
from netinnov.network import MultilayerNetwork, check_network

__all__ = ["write_rsiena"]

SCRIPT = f"""\
# Loads the periods of a network as waves. In R: setwd("this folder"); source("load.R")
# With base R it makes the list `waves`, one array node x node x period of 0 and 1 a layer; with
# RSiena installed also `siena_data`, with these as dependent networks and numbers of the nodes as
# constant covariates.
{READ}
links <- links[!is.na(links$period), ]
periods <- sort(unique(links$period))
waves <- lapply(seq_len(nrow(layers)), function(l) {{
  wave <- array(0L, c(nrow(nodes), nrow(nodes), length(periods)),
                dimnames = list(nodes$node, nodes$node, periods))
  rows <- links[links$layer == layers$layer[l] & links$source != links$target, ]
  from <- match(rows$source, nodes$node)
  to <- match(rows$target, nodes$node)
  at <- match(rows$period, periods)
  wave[cbind(from, to, at)] <- 1L
  if (!layers$directed[l]) wave[cbind(to, from, at)] <- 1L
  wave
}})
names(waves) <- layers$layer
varies <- function(x) is.numeric(x) && length(unique(x[!is.na(x)])) > 1
covariates <- nodes[vapply(nodes, varies, TRUE)]
if (requireNamespace("RSiena", quietly = TRUE)) {{
  dependent <- lapply(waves, RSiena::sienaDependent, allowOnly = FALSE)
  constant <- lapply(covariates, RSiena::coCovar)
  named <- c(dependent, constant)
  names(named) <- make.names(names(named), unique = TRUE)
  siena_data <- do.call(RSiena::sienaDataCreate, named)
  # library(RSiena); effects <- getEffects(siena_data); siena07(sienaAlgorithmCreate(), ...)
}} else {{
  message("For siena_data: install.packages('RSiena'), then source load.R again.")
}}
"""


def write_rsiena(
    network: MultilayerNetwork,
    folder: str | os.PathLike[str],
    *,
    attributes: Attributes = None,
) -> None:
    """Write a folder of tables, with a script that loads the periods into R as waves.

    Parameters
    ----------
    network : MultilayerNetwork
        A network whose links have at least two periods.
    folder : path
        Folder to make; it appears when everything is in it. Holds ``nodes.csv``, ``layers.csv``,
        ``links.csv`` (a row a period), ``columns.csv`` (their types) and ``load.R``.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes: a DataFrame with a row for each node, or a mapping
        from names to Series over the nodes, to DataFrames nodes x layers (a column a layer), or to
        a `Partition`. Nodes that a result does not name have no value.

    Raises
    ------
    InputError
        If there are fewer than two periods, the folder is there and not empty or cannot be made,
        or `attributes` do not fit the nodes.

    Notes
    -----
    ``load.R`` makes ``waves``, a list of n x n x periods arrays of ties that are 1 where there is a
    link, with base R alone; with RSiena installed also ``siena_data``, with each layer as a
    dependent network and the columns of numbers of the nodes as covariates. RSiena takes ties, not
    weights: keep the links that count before. Links without a period and self-links are left out.

    References
    ----------
    Snijders, van de Bunt and Steglich (2010), Introduction to stochastic actor-based models for
    network dynamics, Social Networks 32, 44-60.

    Examples
    --------
    >>> import tempfile, pandas as pd
    >>> from pathlib import Path
    >>> links = pd.DataFrame({"source": "a", "target": "b", "period": [2015, 2016]})
    >>> folder = Path(tempfile.mkdtemp(), "two")
    >>> write_rsiena(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['columns.csv', 'layers.csv', 'links.csv', 'load.R', 'nodes.csv']
    """
    check_network(network)
    links = network.links
    n = links["period"].nunique() if "period" in links else 0
    if n < 2:
        msg = f"write_rsiena needs links of at least two periods (column `period`); found {n}."
        raise InputError(msg)
    write_r_folder(network, folder, attributes, SCRIPT)


__dir__ = public_names(globals())
