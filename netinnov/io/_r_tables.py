"""A folder of tables that a script of R reads: nodes, layers and links."""

from __future__ import annotations

import os

import pandas as pd

from netinnov._atomic import new_folder
from netinnov.io._attributes import Column, columns_of
from netinnov.io._csv_text import write_csv
from netinnov.io._result_columns import Attributes, with_attributes
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


def write_r_folder(
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
            texts = {column.name: pd.Series(_texts(column), dtype="str") for column in columns}
            write_csv(pd.DataFrame(texts, index=range(len(table))), new / f"{name}.csv")
            for column in columns:
                kind = "number" if column.kind == "integer" else column.kind
                kinds.append({"table": name, "column": column.name, "kind": kind})
        write_csv(pd.DataFrame(kinds), new / "columns.csv")
        (new / "load.R").write_text(script, encoding="utf-8", newline="\n")


def _texts(column: Column) -> list[str | None]:
    """Cells as R reads them: TRUE and FALSE, numbers, text; None where missing."""
    if column.kind == "boolean":
        r_words = {True: "TRUE", False: "FALSE"}
        return [None if value is None else r_words[value] for value in column.values]
    return [None if value is None else str(value) for value in column.values]
