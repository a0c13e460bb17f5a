"""A scenario whose effect is known, and a measure that counts its calls."""

from dataclasses import dataclass

import pandas as pd

from netinnov.network import network_of_rows


@dataclass(frozen=True)
class Plus:
    """Adds a number, and a normal one, to the weight of all links."""

    mean: float
    sd: float = 0.0

    def __call__(self, network, rng):
        rows = network.storage.link_rows()
        more = rows.weight + self.mean + self.sd * rng.standard_normal()
        return network_of_rows(
            network.storage.node_table(), network.storage.places,
            network.layers, rows._replace(weight=more),
            network.storage.records,
        )  # fmt: skip


def weight(network) -> float:
    return float(network.storage.link_rows().weight.sum())


def weights(network) -> pd.Series:
    return pd.Series({"a": weight(network), "b": -weight(network)})


class Counting:
    """A measure that counts its calls, and at one of them raises an error."""

    def __init__(self, measure, at: int = -1, error: BaseException | None = None) -> None:
        self.measure, self.calls, self.at, self.error = measure, 0, at, error

    def __getstate__(self) -> None:
        """None of it belongs to what is measured."""

    def __call__(self, network) -> float:
        self.calls += 1
        if self.calls == self.at and self.error is not None:
            raise self.error
        return self.measure(network)
