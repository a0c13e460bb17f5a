"""Which pairs of places are shared between whom, on which network."""

from __future__ import annotations

import json
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov.build import build_network
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.study._context import Context
from netinnov.study._places import check_column
from netinnov.study._section import Part
from netinnov.study.sections import enclaves
from netinnov.study.sections._enclave_choice import layer_for
from netinnov.study.sections._village_contract import ContractPart, check_contract

NOTHING = 1e-9
"""Access that counts as none."""

MOST = 4e9
"""Squared places times coalitions that are measured at most."""


class SharingPart(Part):
    """Whose links are shared, and the contract of one enclave."""

    part: ClassVar[str] = "sharing"
    optional: ClassVar[bool] = True
    example: ClassVar[str] = """\
[sharing]                     # planning: who gains from the enclaves, and how it could be shared
# pairs = [["quzhou", "hangzhou"]]   # links of two places each, on top of the observed network;
                              # left out: home and host of each reverse enclave, and no other link
most_players = 16             # places that take part, those with most enclaves or pairs; 2 to 20
unions = "province"           # column of the places: who negotiates as one (Owen value); left out:
                              # nobody does

[sharing.contract]            # a fixed return for home from a park at the host; left out: none
enclave = "qingtian_pinghu"   # which node it is about
fixed_return = 10.0           # what home gets, in per cent of its investment a year: as sources say
home_alone = 2.0              # assumed: what home would get elsewhere, in the same unit
host_alone = 0.0              # assumed: what host would get from the same land without the park
profits = [4.0, 8.0, 12.0, 16.0, 18.0, 24.0]   # assumed: what the park earns, one after the other
"""

    pairs: list[list[str]] | None = None
    most_players: Annotated[int, Field(ge=2, le=20)] = 16
    unions: str | None = None
    contract: ContractPart | None = None


class Pairs(NamedTuple):
    """Pairs of places to be linked, a row each (source, target), and the network without them.

    `layer` is where they are linked; empty for enclaves, which are linked on their own.
    """

    table: pd.DataFrame
    network: MultilayerNetwork
    players: list[str]
    layer: str
    left_out: int

    @property
    def counts(self) -> pd.Series[int]:
        """In how many pairs each player is."""
        ends = pd.concat([self.table["source"], self.table["target"]])
        counts: pd.Series[int] = ends.value_counts().reindex(self.players, fill_value=0)
        return counts


def pairs_of(context: Context) -> Pairs:
    """The pairs, checked before anything is computed."""
    part = context.options(SharingPart) or SharingPart()
    check_contract(context, part.contract)
    cities = context.cities
    known = list(cities.storage.nodes.index)
    if part.unions is not None:
        check_column("sharing.unions", part.unions, cities.storage.places.columns)
    ends = _of_enclaves(context) if part.pairs is None else _named_pairs(part.pairs, context)
    ends = ends[ends.isin(known).all(axis=1)]
    if ends.empty:
        first = known[:2] if len(known) > 1 else ["a", "b"]
        raise InputError(
            "[sharing] needs enclaves, nodes outside their jurisdiction whose home and host are "
            "places of the report, and there are none. Name pairs of places to be linked under "
            f"[sharing], such as pairs = {json.dumps([first])}, or leave [sharing] out."
        )
    counts = pd.concat([ends["source"], ends["target"]]).value_counts()
    kept = ends[ends.isin(counts.index[: part.most_players]).all(axis=1)].reset_index(drop=True)
    if kept.empty:
        msg = f"sharing.most_players = {part.most_players} leaves no pair; give a larger number."
        raise InputError(msg)
    players, left_out = sorted({*kept["source"], *kept["target"]}), len(ends) - len(kept)
    if part.pairs is None:
        nodes = pd.DataFrame({"place": players}, index=players)
        alone = build_network(nodes, pd.DataFrame({"source": [], "target": []}, dtype="str"))
        return Pairs(kept, alone, players, "", left_out)
    network = cities.select(layers=context.observed(cities) or list(cities.layers))
    layer = layer_for(network, None)
    pairs = Pairs(
        kept.assign(layer=layer, weight=float(np.median(network.storage.block(layer).data))),
        network,
        players,
        layer,
        left_out,
    )
    if network.n_nodes**2 * 2.0 ** len(players) > MOST:
        msg = f"[sharing] {len(players)} places on a network of {network.n_nodes:,} take too long; "
        raise InputError(f"{msg}set sharing.most_players to fewer, or name fewer pairs.")
    paths = context.measures.paths
    before, after = (
        harmonic_centrality(each, **paths).loc[players].sum()
        for each in (network, network.with_links(pairs.table))
    )
    if not after > before + NOTHING:
        raise InputError(
            "[sharing] the pairs add nothing to the access of their places, which are linked "
            'already. Name pairs that are not linked, or set [measures] distance = "inverse", with '
            "which weights count."
        )
    return pairs


def _of_enclaves(context: Context) -> pd.DataFrame:
    """Home and host of each reverse enclave, or of each enclave if none is known to be reverse."""
    table = context.once(enclaves.compute).counted
    reverse = (table["direction"] == "reverse").fillna(False).to_numpy(bool)
    ends = (table[reverse] if reverse.any() else table)[["home", "host"]].dropna()
    return ends.astype("str").set_axis(["source", "target"], axis=1)


def _named_pairs(pairs: list[list[str]], context: Context) -> pd.DataFrame:
    for pair in pairs:
        if len(pair) != 2 or pair[0] == pair[1]:
            msg = "each of sharing.pairs must name two different places; found "
            raise InputError(f"{msg}{json.dumps(pair, ensure_ascii=False)}.")
        for place in pair:
            context.check_place("each end of sharing.pairs", place)
    return pd.DataFrame(pairs, columns=["source", "target"], dtype="str")
