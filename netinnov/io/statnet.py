"""Tables and a script for the statnet packages of R: network, sna, ergm."""

from __future__ import annotations

import os

from netinnov._public import public_names
from netinnov.io._r_tables import READ, write_r_folder
from netinnov.io._result_columns import Attributes
from netinnov.network import MultilayerNetwork, check_network

__all__ = ["write_statnet"]

SCRIPT = f"""\
# Loads a multilayer network. In R: setwd("this folder"); source("load.R")
# With base R it makes the list `ties`, one matrix of weights a layer; with the package network
# installed also `networks`, one network object a layer, for sna and ergm.
{READ}
ties <- lapply(seq_len(nrow(layers)), function(l) {{
  weights <- matrix(0, nrow(nodes), nrow(nodes), dimnames = list(nodes$node, nodes$node))
  rows <- links[links$layer == layers$layer[l], ]
  rows <- aggregate(rows["weight"], rows[c("source", "target")], sum)  # over periods
  from <- match(rows$source, nodes$node)
  to <- match(rows$target, nodes$node)
  weights[cbind(from, to)] <- rows$weight
  if (!layers$directed[l]) weights[cbind(to, from)] <- rows$weight
  weights
}})
names(ties) <- layers$layer
if (requireNamespace("network", quietly = TRUE)) {{
  networks <- lapply(seq_len(nrow(layers)), function(l) {{
    weights <- ties[[l]]
    diag(weights) <- 0  # ergm has no self-links
    made <- network::network(weights, matrix.type = "adjacency", directed = layers$directed[l],
                             ignore.eval = FALSE, names.eval = "weight")
    for (name in setdiff(names(nodes), "node"))
      network::set.vertex.attribute(made, name, nodes[[name]])
    made
  }})
  names(networks) <- layers$layer
  # library(ergm); summary(ergm(networks[[1]] ~ edges + nodematch("place")))
}} else {{
  message("For network objects: install.packages(c('network', 'ergm')), then source load.R again.")
}}
"""


def write_statnet(
    network: MultilayerNetwork,
    folder: str | os.PathLike[str],
    *,
    attributes: Attributes = None,
) -> None:
    """Write a folder of tables, with a script that loads them into R for sna and ergm.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network that R can hold as matrices.
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
        If the folder is there and not empty or cannot be made, or `attributes` do not fit the
        nodes.

    Notes
    -----
    ``load.R`` makes ``ties``, a list of n x n matrices of weights, summed over periods, with base R
    alone; with the package network installed also ``networks``, a list of its objects with the
    columns of the nodes as vertex attributes and ``weight`` as edge attribute, without self-links.

    References
    ----------
    Handcock et al. (2008), statnet: Software Tools for the Representation, Visualization, Analysis
    and Simulation of Network Data, Journal of Statistical Software 24(1).

    Examples
    --------
    >>> import tempfile, pandas as pd
    >>> from pathlib import Path
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> folder = Path(tempfile.mkdtemp(), "two")
    >>> write_statnet(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['columns.csv', 'layers.csv', 'links.csv', 'load.R', 'nodes.csv']
    """
    check_network(network)
    write_r_folder(network, folder, attributes, SCRIPT)


__dir__ = public_names(globals())
