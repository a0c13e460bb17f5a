"""How many centres the region has: by rules with their support, and by indices of evenness."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from netinnov import plotting
from netinnov.plotting._frame import map_height
from netinnov.plotting._rank_size_and_centralities import plot_rank_size_panels
from netinnov.plotting._style import DOUBLE, SINGLE, larger, new_figure
from netinnov.study._context import Context
from netinnov.study._section import (
    Fact,
    KeyFigure,
    Layer,
    Name,
    Picture,
    Place,
    Result,
    Table,
    Term,
    mark_layers,
    with_modelled,
)
from netinnov.study._words import digits_apart
from netinnov.study.sections._centre_detection import Detection, detect
from netinnov.study.sections._concentration import Profile, Spread, profile, spread

SPOKES = 150  # places up to which a map joins each of them with the centre of its community
PLACES_DRAWN = 12  # places of which a figure shows by which rules they are centres
ENOUGH = 10  # places that a layer must have to be compared with others
LEAST = 4  # places with links from which ranks are drawn
PANELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Centres(Result):
    """Evenness of strength; None for the rest where [structure] is left out."""

    spread: Spread
    detection: Detection | None
    profile: Profile | None


def compute(context: Context) -> Centres | None:
    if not context.cities.storage.presence("linked").any():
        return None
    detected = context.once(detect)
    return Centres(context, context.once(spread), detected, context.once(profile))


def facts(result: Centres) -> Mapping[str, Fact]:
    main = result.spread.main
    known: dict[str, Fact] = {
        "places": main.places,
        "linked": main.linked,
        "effective": main.effective_number,
        "digits": _digits(result),
        "even": main.linked > 1 and math.isclose(main.effective_number, main.linked),
        "detected": result.detection is not None,
    }
    return known | _even_layers(result.spread) | _by_rule(result.detection) | _indices(result)


def _digits(result: Centres) -> int:
    """As many as tell the effective number from the ends of its interval, and from all places."""
    value, n = result.spread.main.effective_number, result.spread.main.linked
    if not math.isfinite(value):
        return 2
    low, high = _interval(result, "effective_number") or (value, value)
    return digits_apart(low, value, high, n, least=max(2, math.floor(math.log10(value)) + 1))


def _interval(result: Centres, index: str) -> tuple[float, float] | None:
    if result.profile is None:
        return None
    low, high = (result.profile.value(index, end) for end in ("low", "high"))
    return (low, high) if low < high else None


def _even_layers(spread: Spread) -> dict[str, Fact]:
    """The layers in which strength is most and least even, if they differ."""
    even = {
        layer: each.effective_number / each.linked
        for layer, each in spread.by_layer.items()
        if each.linked >= ENOUGH and math.isfinite(each.effective_number)
    }
    order = sorted(even, key=lambda layer: even[layer])
    if len(order) < 2 or math.isclose(even[order[0]], even[order[-1]], rel_tol=0.05):
        return {"even_layers": [], "evenness": [], "of_linked": []}
    ends = [order[-1], order[0]]
    return {
        "even_layers": [Layer(layer) for layer in ends],
        "evenness": [spread.by_layer[layer].effective_number for layer in ends],
        "of_linked": [spread.by_layer[layer].linked for layer in ends],
    }


def _by_rule(detected: Detection | None) -> dict[str, Fact]:
    if detected is None:
        return {}
    table, plan, asked = detected.table, detected.plan, detected.asked
    counts = detected.rules[asked].sum()
    by_most = detected.rules[asked].sum(axis=1).sort_values(ascending=False, kind="stable")
    by_most = by_most[by_most > len(asked) / 2]
    others = table[~table["centre"] & (table["support"] >= 0.05)]
    near = others.sort_values("support", ascending=False, kind="stable").head(1)
    instead = detected.rule != plan.options.rule
    return {
        "n_centres": len(detected.centres),
        "centres": [Place(each) for each in detected.centres.index],
        "tied": [Place(each) for each in detected.tied([detected.rule])],
        "tied_elsewhere": [Place(each) for each in detected.tied([*{*asked} - {detected.rule}])],
        "rule": Name(detected.rule),
        "rule_means": Term(f"rule_{detected.rule}"),
        "least": detected.least if detected.rule == "hubs" else 0.0,
        "replaced": Name(plan.options.rule) if instead else None,
        "by_chance": detected.test.by_chance,
        "sure": detected.sure,
        "support": float(detected.centres["support"].min()) if len(detected.centres) else math.nan,
        "near": Place(near.index[0]) if len(near) else None,
        "near_support": float(near["support"].iloc[0]) if len(near) else math.nan,
        "n_rules": len(asked),
        "fewest": int(counts.min()),
        "fewest_rule": Name(counts.idxmin()),
        "most": int(counts.max()),
        "most_rule": Name(counts.idxmax()),
        "by_most": [Place(each) for each in by_most.index],
        "by_most_rules": [int(each) for each in by_most],
        "layers": [Layer(layer) for layer in plan.network.layers],
        "all_modelled": bool(plan.modelled),
        "beside": [Layer(layer) for layer in plan.modelled_beside],
        "events": plan.participation is not None,
        "left_out": [Term(each.result) for each in plan.left_out],
        "reasons": [Term(each.code) for each in plan.left_out],
    }


def _indices(result: Centres) -> dict[str, Fact]:
    indices, plan = result.profile, result.detection.plan if result.detection else None
    if indices is None or plan is None:
        return {}
    table = indices.table
    more, fewer = indices.beyond
    influential = table["most_influential"].dropna()
    first = influential.value_counts().head(1)
    people = indices.value("size_effective_number")
    beside = indices.modelled_beside.values()
    ends = [indices.value("primacy", f"{end}_without_one") for end in ("low", "high")]
    return {
        "null": Term(plan.null.code),
        "gravity": plan.null.name == "gravity",
        "replicates": plan.replicates,
        "compared": int(table["p"].notna().sum()),
        "towards_more": [Term(each) for each in more],
        "towards_fewer": [Term(each) for each in fewer],
        "influential": Place(first.index[0]) if len(first) else None,
        "influenced": int(first.iloc[0]) if len(first) else 0,
        "n_influenced": len(influential),
        "primacies": ends if len({f"{end:.2f}" for end in ends}) > 1 else [],
        "shifted": [
            Term(each) for each in table.index[table["bias"].notna() & table["low"].isna()]
        ],
        "by_people": None if plan.modelled or math.isnan(people) else people,
        "alike": f"{people:.2g}" == f"{result.spread.main.effective_number:.2g}",
        "beside_effective": [float(each["value"]["effective_number"]) for each in beside],
        "beside_centres": [int(each["value"]["n_centres"]) for each in beside],
    }


def key_figures(result: Centres) -> Iterator[KeyFigure]:
    main, detected = result.spread.main, result.detection
    if detected is not None:
        low, high = _interval(result, "n_centres") or (None, None)
        yield KeyFigure("centres", len(detected.centres), low, high, of=main.places)
        by_most = detected.rules[detected.asked].sum(axis=1) > len(detected.asked) / 2
        yield KeyFigure("by_most", int(by_most.sum()), of=main.places)
    if math.isfinite(main.effective_number):
        low, high = _interval(result, "effective_number") or (None, None)
        value, digits = main.effective_number, _digits(result)
        yield KeyFigure("effective", value, low, high, of=main.linked, digits=digits)
        low, high = _interval(result, "primacy") or (None, None)
        yield KeyFigure("primacy", main.primacy, low, high, form="percent")
    if math.isfinite(main.rank_size.slope) and main.linked >= ENOUGH:
        low, high = _interval(result, "rank_size") or (None, None)
        yield KeyFigure("slope", main.rank_size.slope, low, high)


def draw(result: Centres) -> Iterator[Picture]:
    detected = result.detection
    if detected is not None:
        network = result.context.cities
        at = network.storage.places[["lon", "lat"]].reindex(network.storage.nodes["place"])
        at = at.set_axis(network.storage.nodes.index).reindex(detected.table.index).dropna()
        name, drawn = "centres", partial(_map, result, at)
        if at.empty:
            name, drawn = "centre_rules", partial(_rules, result)
        yield Picture(name, drawn, on_page=True)
    if result.spread.main.linked >= LEAST:
        yield Picture("rank_size", partial(_ranks, result), on_page=detected is None)
    if result.profile is not None and result.profile.drawn:
        yield Picture("profile", partial(_profile, result))


def _map(result: Centres, at: pd.DataFrame) -> Figure:
    table: pd.DataFrame = result.detection.table  # type: ignore[union-attr]
    frame = result.maps.detail_with(at, at.loc[table["centre"].reindex(at.index)])
    figure = new_figure(height=map_height(frame))
    plotting.plot_centres(
        result.context.cities,
        table,
        names=result.drawn_names,
        extent=frame,
        spokes=len(at) <= SPOKES,
        label="strength",
        basemap=result.maps.below,
        ax=figure.add_subplot(),
    )
    return figure


def _rules(result: Centres) -> Figure:
    detected: Detection = result.detection  # type: ignore[assignment]
    by_rule = detected.rules[detected.asked]
    shown = min(int((by_rule.sum(axis=1) > 0).sum()) or 1, PLACES_DRAWN)
    figure = new_figure(width=DOUBLE, height=16 + 5.2 * shown)
    ax = figure.add_subplot()
    plotting.plot_centre_rules(by_rule, names=result.drawn_names, top=shown, ax=ax)
    return figure


def _ranks(result: Centres) -> Figure:
    """All layers together and the heaviest layers, a panel each."""
    strength, write = result.spread.strength, result.context.language.layer
    heaviest = strength.sum().sort_values(ascending=False, kind="stable")
    layers = list(heaviest.index[heaviest > 0])[: PANELS - 1]
    named = strength.set_axis(result.drawn_names.reindex(strength.index).fillna(""), axis=0)
    whole = "all layers" if result.spread.observed is None else "observed layers"
    together = result.spread.together.set_axis(named.index)
    series = {whole: together} if len(strength.columns) > 1 else {}
    series |= {write(layer): named[layer] for layer in layers}
    if larger() > 1:  # on a page the first alone
        series = dict(list(series.items())[:1])
    rows = -(-len(series) // 3)
    figure = new_figure(width=DOUBLE if len(series) > 1 else SINGLE, height=8 + 50 * rows)
    axes = figure.subplots(rows, min(len(series), 3), squeeze=False).ravel()
    for ax in axes[len(series) :]:
        ax.remove()
    plot_rank_size_panels(series, axes, labelled=3)
    for ax in axes[: len(series)]:
        ax.set_ylabel("strength")
    return figure


def _profile(result: Centres) -> Figure:
    known: pd.DataFrame = result.profile.table.dropna(subset="value")  # type: ignore[union-attr]
    figure = new_figure(width=DOUBLE, height=34 + 4.6 * len(known))
    names = {index: result.context.language.term(str(index)) for index in known.index}
    events = result.detection is not None and result.detection.plan.participation is not None
    resampled = "events" if events else "flows"
    plotting.plot_profile(known, names=names, resampled=resampled, ax=figure.add_subplot())
    return figure


def tables(result: Centres) -> Iterator[Table]:
    yield _polycentricity(result)
    if result.detection is not None:
        yield from _of_centres(result.detection, result)
    if result.profile is not None:
        yield from _of_indices(result.profile, result)


def _polycentricity(result: Centres) -> Table:
    spread, mark = result.spread, result.context.mark
    rows = dict(spread.by_layer)
    if spread.observed is not None:
        rows["observed"] = spread.observed
    if len(rows) != 1:
        rows["all"] = spread.whole
    frame = pd.DataFrame([*rows.values()], pd.Index([*rows], name="layer"))
    fits = pd.DataFrame(frame.pop("rank_size").tolist(), frame.index)
    for at, each in enumerate(("slope", "standard_error", "r_squared"), start=1):
        frame.insert(at, f"rank_size_{each}", fits[each])
    marked = [[*map(mark, layers)] for layers in frame.pop("modelled")]
    frame["modelled_layers"] = ["; ".join(layers) or None for layers in marked]
    modelled = tuple(dict.fromkeys(layer for row in rows.values() for layer in row.modelled))
    return Table("polycentricity", mark_layers(frame, modelled), modelled=modelled)


def _of_centres(detected: Detection, result: Centres) -> Iterator[Table]:
    plan, mark = detected.plan, result.context.mark
    view = detected.table[["centre", "support", "agreement"]]
    view = view.assign(strength=detected.table["centrality"]).rename_axis("place").reset_index()
    yield Table(
        "centres",
        with_modelled(detected.table, plan.modelled, always=True),
        view,
        on_page=True,
        places=("place",),
        forms={"support": "percent", "agreement": "percent"},
        modelled=plan.modelled,
    )
    frame = with_modelled(detected.rules, plan.modelled, always=True)
    yield Table("centre_rules", frame, modelled=plan.modelled)
    settings = {
        "layers together": "; ".join(map(mark, plan.network.layers)),
        "layers apart": "; ".join(map(mark, plan.modelled_beside)),
        **{key.replace("_", " "): value for key, value in plan.options.model_dump().items()},
        "minimum share": detected.least,
        "rule used": detected.rule,
        "null model used": plan.null.name,
        "share of links that the null model moves": plan.null.moved,
        "why this null model": plan.null.why,
        **{f"modularity test: {key}": value for key, value in asdict(detected.test).items()},
        "seed": plan.seed,
        **{f"left out: {omitted.result}": omitted.why for omitted in plan.left_out},
    }
    frame = pd.DataFrame(list(settings.items()), columns=["setting", "value"]).astype("str")
    yield Table("structure", frame)


def _of_indices(indices: Profile, result: Centres) -> Iterator[Table]:
    modelled: tuple[str, ...] = result.detection.plan.modelled  # type: ignore[union-attr]
    names = indices.table["most_influential"].map(result.names, na_action="ignore").astype("str")
    frame = indices.table.assign(most_influential=names)
    columns = ["value", "low", "high", "null_low", "null_high", "p"]
    view = frame.loc[frame["of"] != "size", columns].dropna(axis=1, how="all")
    yield Table(
        "profile",
        with_modelled(frame, modelled, always=True),
        view.dropna(subset="value").rename_axis("index").reset_index(),
        on_page=True,
        rows=12,
        terms=("index",),
        modelled=modelled,
    )
    if beside := indices.modelled_beside:
        marked = {result.context.mark(layer): table for layer, table in beside.items()}
        table = pd.concat(marked, names=["layer", "index"]).reset_index("index")
        table = table[["index", "of", "many_centres_if", "value"]]
        frame = table.assign(modelled_layers=table.index)
        yield Table("profile_modelled", frame, modelled=tuple(beside))
