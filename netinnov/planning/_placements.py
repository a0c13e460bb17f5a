"""What each candidate adds to a network, placed in it alone, and networks with several of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from netinnov._network.layer_table import LayerRecord
from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._network.storage import Storage
from netinnov._network.tables import NodeTable
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import note_on_error
from netinnov.experiments._effect_statistics import spawned
from netinnov.network import MultilayerNetwork, network_of_rows
from netinnov.scenarios import DirectLinks, NewLinks, Scenario, apply_scenario
from netinnov.scenarios._between_places import table_of_node
from netinnov.scenarios._enclave import Enclave
from netinnov.scenarios._pair_draws import Pairs


@dataclass(frozen=True)
class Placement:
    """Links that a scenario adds; ends from n on are its own new nodes."""

    nodes: NodeTable | None
    layer: tuple[str, ...]
    source: Codes
    target: Codes
    weight: Floats
    records: Mapping[str, LayerRecord]

    @property
    def n_nodes(self) -> int:
        return 0 if self.nodes is None else len(self.nodes.frame)


def all_placements(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    replicates: int,
    seed: np.random.SeedSequence,
) -> list[list[Placement]] | None:
    """Placements by replicate; None if a candidate does more than add nodes and links."""
    by_candidate: list[list[Placement]] = []
    for at, (name, scenario) in enumerate(candidates.items()):
        by_candidate.append([])
        with note_on_error(f"In candidate {name!r}."):
            place = _placing(network, scenario)
            for replicate in range(replicates):
                # One generator for a candidate and replicate, whatever the plan.
                placement = place(np.random.default_rng(spawned(seed, replicate, at)))
                if placement is None:
                    return None
                by_candidate[-1].append(placement)
    return [list(placements) for placements in zip(*by_candidate, strict=True)]


def _placing(
    network: MultilayerNetwork, scenario: Scenario
) -> Callable[[np.random.Generator], Placement | None]:
    """How a scenario is placed; what adds links alone needs no network with them."""
    bought: Callable[[np.random.Generator], Pairs]
    nodes = None
    if isinstance(scenario, NewLinks):
        layer, source, target = scenario._placed(network)
        links = Pairs(source, target, np.full(source.size, float(scenario.weight)))
        bought = lambda _: links  # noqa: E731
    elif isinstance(scenario, DirectLinks) and scenario.funding == "new":
        scene = scenario._scene(network)
        layer = scene.layer
        bought = partial(scenario._bought, scene)
    elif isinstance(scenario, Enclave) and scenario.funding == "new" and scenario.size is not None:
        node, scene, draw = scenario._draws_of_links(network)
        layer = scene.layer
        nodes = table_of_node(network, node)
        bought = lambda rng: draw(rng)[1]  # noqa: E731
    else:
        return lambda rng: _additions(network, apply_scenario(network, scenario, rng=rng))
    return lambda rng: _summed(network, layer, nodes, bought(rng))


def _summed(
    network: MultilayerNetwork, layer: str, nodes: NodeTable | None, links: Pairs
) -> Placement:
    source, target, weight = links
    if layer not in network.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    if source.size > 1:
        n = network.n_nodes + 1
        pair, at = np.unique(source.astype(np.int64) * n + target, return_inverse=True)
        source, target = (end.astype(np.int32) for end in np.divmod(pair, n))
        weight = np.bincount(at, weight).astype(np.float64)
    return Placement(nodes, (layer,) * source.size, source, target, weight, {})


def _additions(before: MultilayerNetwork, after: MultilayerNetwork) -> Placement | None:
    old = before.storage
    new = after.storage
    n = before.n_nodes
    n_after = after.n_nodes
    if not _same_nodes(old, new) or not set(old.layers) <= set(new.layers):
        return None
    if not new.places.equals(old.places):
        return None
    for layer in old.layers:
        if new.records[layer]._replace(events=None) != old.records[layer]._replace(events=None):
            return None
    key, weight = _keys(new.link_rows(), n_after)
    rows = old.link_rows().with_layers(old.layers, new.layers)
    old_key, old_weight = _keys(rows, n_after)
    at = np.searchsorted(key, old_key)
    if (at >= key.size).any() or (key[at] != old_key).any():
        return None
    more = weight.copy()
    more[at] -= old_weight
    if (more < -1e-9 * weight).any():
        return None
    added = more > 1e-12 * weight
    if _details(new.link_rows(), key[added], n_after) != _details(rows, key[added], n_after):
        return None
    layer_code, pair = np.divmod(key[added], np.int64(n_after) ** 2)
    source, target = (end.astype(np.int32) for end in np.divmod(pair, n_after))
    names = tuple(new.layers[code] for code in layer_code)
    fresh = {layer: new.records[layer] for layer in new.layers if layer not in old.records}
    nodes = None
    if n_after > n:
        nodes = NodeTable(new.nodes.iloc[n:], new.place_codes[n:], new.jurisdiction_codes[n:])
    return Placement(nodes, names, source, target, more[added], fresh)


def _same_nodes(before: Storage, after: Storage) -> bool:
    if before.tables == after.tables:
        return True
    old = before.nodes
    new = after.nodes
    first = new.iloc[: len(old)]
    # A column of whole numbers is one of floats as soon as a new node has none.
    same = first.index.equals(old.index) and first.equals(old.reindex(new.index).iloc[: len(old)])
    return bool(same)


def _key(rows: Rows, n_nodes: int) -> Integers:
    return (rows.layer.astype(np.int64) * n_nodes + rows.source) * n_nodes + rows.target


def _keys(rows: Rows, n_nodes: int) -> tuple[Integers, Floats]:
    keys, at = np.unique(_key(rows, n_nodes), return_inverse=True)
    return keys, np.bincount(at, rows.weight, keys.size).astype(np.float64)


def _details(rows: Rows, pairs: Integers, n_nodes: int) -> tuple[int, int]:
    """How many links of these pairs have a period, and how many attributes."""
    some = rows.where(np.isin(_key(rows, n_nodes), pairs))
    dated = 0 if some.period is None else int((some.period != NO_PERIOD).sum())
    return dated, 0 if some.attributes is None else int(some.attributes.notna().sum().sum())


def with_placements(
    network: MultilayerNetwork, placements: Sequence[Placement]
) -> MultilayerNetwork:
    if not placements:
        return network
    storage = network.storage
    records = records_with(network, placements)
    for layer in {layer for placement in placements for layer in placement.layer}:
        records[layer] = records[layer]._replace(events=None)
    layers = tuple(sorted(records))
    rows = storage.link_rows().with_layers(storage.layers, layers)
    rows = rows.followed_by(links_of(placements, network.n_nodes, layers))
    parts = [each.nodes for each in placements if each.nodes is not None]
    nodes = storage.node_table().followed_by(parts)
    return network_of_rows(nodes, storage.place_table, layers, rows, records)


def records_with(
    network: MultilayerNetwork, placements: Sequence[Placement]
) -> dict[str, LayerRecord]:
    records = dict(network.storage.records)
    for placement in placements:
        records = {**placement.records, **records}
    return records


def links_of(placements: Sequence[Placement], n: int, layers: Sequence[str]) -> Rows:
    code = {layer: at for at, layer in enumerate(layers)}
    before = np.cumsum([0, *(each.n_nodes for each in placements)])
    shift = np.repeat(before[:-1], [each.source.size for each in placements]).astype(np.int32)
    source = np.concatenate([each.source for each in placements])
    target = np.concatenate([each.target for each in placements])
    return Rows(
        np.array([code[layer] for each in placements for layer in each.layer], np.int32),
        np.where(source >= n, source + shift, source).astype(np.int32),
        np.where(target >= n, target + shift, target).astype(np.int32),
        np.concatenate([each.weight for each in placements]),
    )
