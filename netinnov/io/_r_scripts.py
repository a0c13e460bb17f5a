"""Folders of tables with a script of R that loads them, for RSiena and for statnet."""

from __future__ import annotations

import os

import pandas as pd

from netinnov._atomic import new_folder
from netinnov.errors import InputError
from netinnov.io._attributes import columns_of
from netinnov.io._csv_text import write_csv
from netinnov.io._graph import Attributes, with_attributes
from netinnov.network import MultilayerNetwork

# Text stays as it is written: ids such as 007, names such as NA, and Chinese in any locale.
READ = """\
if (!exists("folder")) folder <- "."
read_text <- function(name) {
  read.csv(file.path(folder, paste0(name, ".csv")), encoding = "UTF-8", check.names = FALSE,
           na.strings = "", colClasses = "character")
}
columns <- read_text("columns")
read_table <- function(name) {
  table <- read_text(name)
  for (k in which(columns$table == name)) {
    column <- columns$column[k]
    if (columns$kind[k] == "number") table[[column]] <- as.numeric(table[[column]])
    if (columns$kind[k] == "boolean") table[[column]] <- as.logical(table[[column]])
  }
  table
}
nodes <- read_table("nodes")
layers <- read_table("layers")
links <- read_table("links")
"""
RSIENA = f"""\
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
STATNET = f"""\
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


def write_rsiena(
    network: MultilayerNetwork, folder: str | os.PathLike[str], *, attributes: Attributes = None
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
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        If there are fewer than two periods, the folder cannot be made, or `attributes` do not fit.

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
    links = network.links
    n = links["period"].nunique() if "period" in links else 0
    if n < 2:
        msg = f"write_rsiena needs links of at least two periods (column `period`); found {n}."
        raise InputError(msg)
    _write_folder(network, folder, attributes, RSIENA)


def write_statnet(
    network: MultilayerNetwork, folder: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write a folder of tables, with a script that loads them into R for sna and ergm.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network that R can hold as matrices.
    folder : path
        Folder to make, with the files of `write_rsiena`.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        If the folder is there and not empty or cannot be made, or `attributes` do not fit.

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
    _write_folder(network, folder, attributes, STATNET)


def _write_folder(
    network: MultilayerNetwork, folder: str | os.PathLike[str], attributes: Attributes, script: str
) -> None:
    """Write the tables and ``load.R``, which loads them; the folder appears when it is complete."""
    network = with_attributes(network, attributes)
    tables = {
        "nodes": network.nodes.reset_index(),
        "layers": network.layer_table[["directed", "modelled"]].reset_index(),
        "links": network.links,
    }
    kinds = []
    with new_folder(folder) as new:
        for name, table in tables.items():
            columns = columns_of(table)
            texts = pd.DataFrame(index=range(len(table)))
            for column in columns:
                cells = [None if value is None else str(value) for value in column.values]
                text = pd.Series(cells, dtype="str")
                texts[column.name] = text.str.upper() if column.kind == "boolean" else text
                kind = "number" if column.kind == "integer" else column.kind
                kinds.append({"table": name, "column": column.name, "kind": kind})
            write_csv(texts, new / f"{name}.csv")
        write_csv(pd.DataFrame(kinds), new / "columns.csv")
        (new / "load.R").write_text(script, encoding="utf-8", newline="\n")
