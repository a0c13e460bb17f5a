"""Which places are centres: by the rule of the study with its support, and by five other rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from netinnov import polycentricity
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.plotting import (
    DOUBLE,
    dense_frame,
    frame_of,
    map_height,
    new_figure,
    plot_centres,
    plot_roles,
)
from netinnov.study._context import Context
from netinnov.study._section import Picture, Section, Sentence, Table, with_modelled
from netinnov.study._structure import FEWER, Plan, StructurePart, plan
from netinnov.study._words import are, counted, joined, name, percent, phrase, some

__all__ = ["CENTRES", "Centres", "compute"]

NAMED = 6
RULES: dict[str, str] = {
    "hubs": "the strongest of each community, and places of the core with half as much",
    "top": "the tenth of the places with most strength",
    "head_tail": "places above the mean strength",
    "core": "the core, densely linked in itself and with the rest",
    "z": "places far stronger than the others of their community",
    "dominant_flow": "places whose largest flow goes to a smaller one",
}
ROLES = {
    "R1": "with all links in their own community",
    "R2": "with most links in their own community",
    "R3": "that connect communities",
    "R4": "of no community in particular",
    "R5": "hubs of their own community",
    "R6": "hubs that connect communities",
    "R7": "hubs of no community in particular",
}


@dataclass(frozen=True, slots=True, eq=False)
class Centres:
    """Places with whether they are centres, how sure that is, their community and their role."""

    table: pd.DataFrame
    rules: pd.DataFrame
    plan: Plan
    cities: MultilayerNetwork
    drawn_names: pd.Series[str]
    marks: dict[str, str]

    @property
    def sure(self) -> bool:
        """Whether support was computed."""
        return bool(self.table["support"].notna().all())


def compute(context: Context) -> Centres | None:
    structure = context.once(plan)
    if structure is None:
        return None
    network = structure.network
    names = network.storage.nodes.index.to_series().map(context.names).astype("str")
    table, rules = _centres(structure, names)
    drawn = context.drawn_names.reindex(network.storage.nodes.index)
    return Centres(
        table,
        rules,
        structure,
        context.cities,
        drawn.fillna(network.storage.nodes.index.to_series().astype("str")),
        {layer: context.mark(layer) for layer in structure.cities.layers},
    )


def _centres(structure: Plan, names: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    from netinnov.community import roles

    network, options = structure.network, structure.options
    resamples = structure.resamples if structure.search else min(structure.resamples, FEWER)
    detected = polycentricity.detect_centres(
        network,
        rule=options.rule,
        resolution=options.resolution,
        resamples=resamples,
        **structure.draw,
    )
    rules = _by_rules(structure)
    position = roles(flatten(network), detected["community"])
    table = pd.DataFrame(
        {
            "name": names,
            "centre": detected["centre"],
            "support": detected["support"],
            "agreement": rules["agreement"],
            "centrality": detected["centrality"],
            "community": detected["community"].astype("Int64"),
            "role": detected["role"],
            "z": position["z"],
            "participation": position["participation"],
        }
    )
    order = ["centre", "support", "agreement", "centrality"]
    table = table.sort_values(order, ascending=False, kind="stable")
    rules.insert(0, "name", names)
    return table, rules.reindex(table.index)


def _by_rules(structure: Plan) -> pd.DataFrame:
    """1 where a place is a centre by a rule, and the share of the rules by which it is one."""
    variants = {rule: {"resolution": structure.options.resolution} for rule in RULES}
    # One index is asked for at least, the quickest; what is wanted is who is a centre.
    long = polycentricity.sensitivity(
        structure.network, rules=variants, tops=[None], indices=["gini"], **structure.draw
    )
    long = long[long["node"].notna()]
    wide = long.pivot(index="node", columns="rule", values="value")
    columns = pd.Index(list(RULES), name=None)
    wide = wide.reindex(index=structure.network.storage.nodes.index, columns=columns)
    agreement = long.drop_duplicates("node").set_index("node")["agreement"]
    return wide.astype("int64").assign(agreement=agreement).rename_axis("node")


def offer(result: Centres) -> Iterator[Sentence]:
    table = result.table
    centres = [name(each) for each in table.loc[table["centre"], "name"]]
    text = phrase(
        "In the {} layers {:,} of {} {} {}{}.",
        result.plan.kind,
        len(centres),
        counted(len(table), "place"),
        are(len(centres)),
        "a centre" if len(centres) == 1 else "centres",
        phrase(" ({})", some(centres, len(centres))) if centres else "",
    )
    yield Sentence(text, ("centres",))


def tell(result: Centres) -> Iterator[Sentence]:
    yield from _layers(result)
    table, rule = result.table, result.plan.options.rule
    centres = table.loc[table["centre"]]
    text = phrase(
        "By the rule “{}” ({}) {:,} of {} {}",
        rule,
        RULES[rule],
        len(centres),
        counted(len(table), "place"),
        "is a centre" if len(centres) == 1 else "are centres",
    )
    if centres.empty:
        yield Sentence(text + ".", ("centres",))
    else:
        named = [_with_support(row, sure=result.sure) for _, row in centres.head(NAMED).iterrows()]
        text += phrase(": {}.", some(named, len(centres)))
        if result.sure:
            text += " In brackets: share of bootstrap resamples of the flows in which it is again "
            text += "a centre."
        yield Sentence(text, ("centres",))
    others = table.loc[~table["centre"] & (table["support"] > 0)].head(3)
    if len(centres) and result.sure and len(others):
        near = joined([_with_support(row, sure=True) for _, row in others.iterrows()])
        text = phrase("Not centres, but most often so in the resamples: {}.", near)
        yield Sentence(text, ("centres",))
    yield _agreement(result.rules)
    if table["role"].notna().any():
        yield _roles(table)


def _layers(result: Centres) -> Iterator[Sentence]:
    """What was looked at together and apart, and what was left out and why."""
    structure = result.plan
    layers = joined([name(result.marks[layer]) for layer in structure.network.layers])
    text = phrase(
        "Centres, indices and communities are those of the {} layers together, with their weights "
        "added up: {}.",
        structure.kind,
        layers,
    )
    yield Sentence(text, ("structure",))
    if structure.apart:
        apart = joined([name(result.marks[layer]) for layer in structure.apart])
        text = phrase(
            "Apart from them: {}. There are no intervals and no tests for what a model made: its "
            "links are no evidence.",
            apart,
        )
        yield Sentence(text, ("structure",))
    for omitted in structure.left_out:
        yield Sentence(f"Left out: {omitted.what}, as {omitted.why}.", ("structure",))


def _with_support(row: pd.Series, *, sure: bool) -> str:
    return (
        phrase("{} ({})", name(row["name"]), percent(row["support"])) if sure else name(row["name"])
    )


def _agreement(rules: pd.DataFrame) -> Sentence:
    """How far the rules for centres agree."""
    count = rules[list(RULES)].sum()
    fewest, most = str(count.idxmin()), str(count.idxmax())
    by_all = [name(each) for each in rules.loc[rules[list(RULES)].eq(1).all(axis=1), "name"]]
    text = phrase(
        "The number of centres depends on the rule: from {:,} (“{}”: {}) to {:,} (“{}”: {}). "
        "Centres by all {} rules: {}.",
        count[fewest],
        fewest,
        RULES[fewest],
        count[most],
        most,
        RULES[most],
        len(RULES),
        some(by_all[:NAMED], len(by_all)) if by_all else "none",
    )
    return Sentence(text, ("centre_rules",))


def _roles(table: pd.DataFrame) -> Sentence:
    parts = []
    for role, words in ROLES.items():
        of_role = table.loc[table["role"] == role].sort_values("z", ascending=False, kind="stable")
        if of_role.empty:
            continue
        hubs = [name(each) for each in of_role["name"].head(3)] if role >= "R5" else []
        named = phrase(": {}", some(hubs, len(of_role))) if hubs else ""
        parts.append(phrase("{} ({}), {:,}{}", words, role, len(of_role), named))
    return Sentence(phrase("Places by their role: {}.", _listed(parts)), ("centres",))


def _listed(parts: Sequence[str]) -> str:
    return joined(parts, between="; ", last="; ")


def draw(result: Centres) -> Iterator[Picture]:
    table, network = result.table, result.cities
    at = network.storage.places[["lon", "lat"]].reindex(network.storage.nodes["place"])
    at = at.set_axis(network.storage.nodes.index).reindex(table.index).dropna()
    if not at.empty:
        frame = dense_frame(at) or frame_of(at)
        figure = new_figure(height=map_height(frame))
        plot_centres(
            network, table, names=result.drawn_names, extent=frame, ax=figure.add_subplot()
        )
        caption = "Centres among the places, and how strong places are."
        if table["support"].notna().any():
            caption += " At a centre: share of bootstrap resamples in which it is again a centre."
        alt = (
            "Map with a square at each centre and a circle at each other place, larger if stronger."
        )
        yield Picture("centres", figure, caption, ("centres", "map_places"), alt=alt)
    if table[["z", "participation"]].notna().all(axis=1).any():
        figure = new_figure(width=DOUBLE, height=100)
        plot_roles(table, names=result.drawn_names, ax=figure.add_subplot())
        caption = (
            "How places stand inside their community (upwards: more links there than its other "
            "places have) and across communities (rightwards: links spread over more of them)."
        )
        alt = "Points of places over the seven areas of the roles of Guimerà and Amaral."
        yield Picture("roles", figure, caption, ("centres",), alt=alt)


def tables(result: Centres) -> Iterator[Table]:
    modelled = result.plan.modelled
    yield Table(
        "centres",
        with_modelled(result.table, modelled, always=True),
        "Places by whether they are centres, how sure that is, and their role.",
        modelled=modelled,
    )
    yield Table(
        "centre_rules",
        with_modelled(result.rules, modelled, always=True),
        "Which places are centres (1) by each of six rules, and share of the rules.",
        modelled=modelled,
    )
    structure = result.plan
    settings = {
        "layers together": "; ".join(result.marks[x] for x in structure.network.layers),
        "layers apart": "; ".join(result.marks[x] for x in structure.apart),
        **{key.replace("_", " "): value for key, value in structure.options.model_dump().items()},
        "seed": structure.seed,
        **{f"left out: {omitted.what}": omitted.why for omitted in structure.left_out},
    }
    frame = pd.DataFrame(list(settings.items()), columns=["setting", "value"]).astype("str")
    caption = "How the structure was looked for, and what was left out and why."
    yield Table("structure", frame, caption, whole=True)


CENTRES = Section(
    "centres",
    "Which places are centres",
    compute,
    tell,
    tables,
    draw,
    offer,
    options=StructurePart,
    question=lambda _: "Which places are centres?",
)
