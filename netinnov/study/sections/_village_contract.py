"""A contract with a fixed return between home and host, for several profits of their park."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.planning import Game, share_benefits
from netinnov.study._context import Context
from netinnov.study._section import Part, Sentence, Table
from netinnov.study._words import name, number

TOPIC = "A contract with a fixed return"


class ContractPart(Part):
    enclave: Annotated[str, Field(min_length=1)]
    fixed_return: Annotated[float, Field(ge=0)]
    home_alone: Annotated[float, Field(ge=0)]
    host_alone: Annotated[float, Field(ge=0)]
    profits: Annotated[list[float], Field(min_length=1, max_length=20)]


class Contract(NamedTuple):
    """Shares at each profit by the contract and the Shapley value, and who would leave."""

    part: ContractPart
    home: str
    host: str
    shares: pd.DataFrame

    @property
    def fair_profit(self) -> float:
        """Profit at which the contract gives what the Shapley value would."""
        part = self.part
        return 2 * part.fixed_return - part.home_alone + part.host_alone

    @property
    def least_profit(self) -> float:
        """Profit below which host would be better off without the contract."""
        return self.part.fixed_return + self.part.host_alone


def check_contract(context: Context, part: ContractPart | None) -> None:
    if part is None:
        return
    nodes = context.network.storage.nodes
    if part.enclave not in nodes.index:
        hint = did_you_mean(part.enclave, nodes.index)
        msg = f"sharing.contract.enclave must be the id of a node; found {part.enclave!r}{hint}."
        raise InputError(msg)
    ends = nodes.loc[part.enclave, ["jurisdiction", "place"]]
    if ends.isna().any() or ends.iloc[0] == ends.iloc[1]:
        msg = "sharing.contract.enclave must be a node outside its jurisdiction; "
        raise InputError(f"{msg}{part.enclave!r} is not. Name another node.")


def contract_of(context: Context, part: ContractPart | None) -> Contract | None:
    if part is None:
        return None
    rows = []
    for profit in part.profits:
        values = np.array([0.0, part.home_alone, part.host_alone, profit])
        fixed = pd.Series({"home": part.fixed_return, "host": profit - part.fixed_return})
        rules: dict[str, Any] = {"contract": partial(_as_agreed, fixed=fixed), "shapley": "shapley"}
        game = Game(("home", "host"), values)
        rows.append(share_benefits(game, rules=rules).assign(profit=profit))
    node = context.network.storage.nodes.loc[part.enclave]
    home, host = (context.names.get(node[end], str(node[end])) for end in ("jurisdiction", "place"))
    return Contract(part, home, host, pd.concat(rows, ignore_index=True))


def _as_agreed(_: Game, *, fixed: pd.Series) -> pd.Series:
    return fixed


def tell(contract: Contract) -> Iterator[Sentence]:
    part, home, host = contract.part, name(contract.home), name(contract.host)
    least, fair = number(contract.least_profit), number(contract.fair_profit)
    text = f"{home} (home) gets a fixed {number(part.fixed_return)} a year from the park at {host} "
    text += "(host), in per cent of its investment. Assumed: elsewhere it would get "
    text += f"{number(part.home_alone)}, and {host} would get {number(part.host_alone)} from the "
    yield Sentence(f"{text}same land without the park.", ("sharing_contract",), TOPIC)
    text = f"Below a profit of {least} {host} would be better off without the contract, at {fair} "
    text += f"it gives what the Shapley value would, and above that {host} keeps more: the "
    text += "contract leaves the risk to host."
    if part.fixed_return < part.home_alone:
        text += f" {home} itself would do better elsewhere."
    yield Sentence(text, ("sharing_contract",), TOPIC)


def table(contract: Contract) -> Table:
    keys = ["profit", "rule", "player"]
    by = contract.shares.drop_duplicates(keys).set_index(keys)
    view = pd.DataFrame({"profit (assumed)": list(dict.fromkeys(contract.shares["profit"]))})
    for rule, called in (("contract", "contract"), ("shapley", "Shapley")):
        for end in ("home", "host"):
            share = by["share"].xs((rule, end), level=("rule", "player"))
            view[f"{called}: {end}"] = share.to_numpy()
    leaves = by["objector"].xs(("contract", "home"), level=("rule", "player")).map(members_of)
    view["would leave"] = leaves.replace("", "nobody").to_numpy()
    frame = contract.shares.assign(objector=contract.shares["objector"].map(members_of))
    caption = "A fixed return at several assumed profits of the park, beside the Shapley value."
    return Table("sharing_contract", frame, caption, view=view, whole=True, topic=TOPIC)


def members_of(group: Any) -> str:
    return "+".join(sorted(map(str, group))) if group else ""
