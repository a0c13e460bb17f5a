"""The park between two jurisdictions: write the page of the cooperation mechanism.

Run ``python examples/cooperation.py FOLDER``. FOLDER (by default ``cooperation``) takes
``mechanisms/cooperation.md``, its tables and its figures; ``docs`` renews those in the repository.
All facts are bundled with netinnov. The text is in ``cooperation.md`` beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from _pages import fill, listed, markdown, save, three, write_tables

import netinnov as ni
from netinnov.build import symmetrize
from netinnov.datasets import load_quzhou, load_yrd_enclaves
from netinnov.mechanisms.cooperation import (
    brokerage_table,
    cooperation_table,
    outages,
    park_network,
    park_sides,
)
from netinnov.plotting import plot_park, print_style

PARK = "quzhou_haichuang"
ROLES = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]
GROUPS = {"own": "its own", "home": "home (its jurisdiction)", "host": "host (its place)"}
LAYERS = (
    "funding",
    "hosting",
    "operation",
    "ownership",
    "policy",
    "production",
    "research",
    "talent",
    "tenancy",
)


def facts_only(network):
    """The network without links that are only planned or said."""
    links = network.links
    links = links[links["status"] == "stated"]
    return ni.build_network(network.nodes, links, network.places, sorted(set(links["layer"])))


def compute():
    """All results of the page."""
    delta = load_yrd_enclaves()
    delta = delta.select(layers=[layer for layer in delta.layers if layer in LAYERS])
    table = cooperation_table(delta)
    busiest = table["links"].drop(PARK).sort_values(ascending=False, kind="stable")
    others = [park for park in busiest.index if table.loc[park, "type"] == "reverse_enclave"][:2]
    stated = facts_only(delta)
    flat = {group: brokerage_table(delta, PARK, park_side=group) for group in GROUPS}
    return {
        "delta": delta,
        "table": table,
        "undirected": cooperation_table(symmetrize(delta)),
        "others": others,
        "roles": flat,
        "both_ways": brokerage_table(symmetrize(delta), PARK),
        "facts": brokerage_table(stated, PARK),
        "by_layer": brokerage_table(delta, PARK, by_layer=True),
        "by_layer_both_ways": brokerage_table(symmetrize(delta), PARK, by_layer=True),
        "outages": outages(delta, PARK),
    }


def draw(found, folder):
    """One diagram for the founding park and for two others with many links."""
    for park in (PARK, *found["others"]):
        with print_style():
            ax = plot_park(found["delta"], park)
        save(ax.figure, folder, f"cooperation_{park}", dpi=200)


def names_of(network):
    return network.nodes["name"].str.replace(r" \(.*\)", "", regex=True)


def table_of_actors(found):
    around = park_network(found["delta"], PARK)
    names = names_of(around)
    side = park_sides(around, PARK)
    place = park_sides(around, PARK, by="place")
    rows = []
    for node in around.nodes.index:
        layers = around.links.loc[
            (around.links["source"] == node) | (around.links["target"] == node), "layer"
        ]
        row = around.nodes.loc[node]
        rows.append(
            [names[node], row["kind"].replace("_", " "), side[node], place[node],
             ", ".join(sorted(set(layers)))]
        )  # fmt: skip
    return markdown(["actor", "kind", "side by jurisdiction", "side by place", "flows"], rows)


def table_of_groups(found):
    rows = [
        [text, *found["roles"][group].loc[PARK, [*ROLES, "homeward", "outward"]]]
        for group, text in GROUPS.items()
    ]
    rows.append(["its own, facts only", *found["facts"].loc[PARK, [*ROLES, "homeward", "outward"]]])
    both = found["both_ways"].loc[PARK, [*ROLES, "homeward", "outward"]]
    rows.append(["its own, direction ignored (each pair twice)", *both])
    return markdown(["group of the park", *ROLES, "homeward", "outward"], rows)


def table_of_roles(found):
    table = found["roles"]["own"]
    names = names_of(found["delta"])
    table = table[(table[[*ROLES, "homeward", "outward"]] > 0).any(axis=1)]
    rows = [
        [names[node], row["side"], *row[[*ROLES, "homeward", "outward"]]]
        for node, row in table.iterrows()
    ]
    return markdown(["actor", "side", *ROLES, "homeward", "outward"], rows)


def table_of_outages(found):
    names = names_of(found["delta"])
    rows = [
        [names[node], row["side"], row["links"], row["layers_lost"] or "-", row["parts"],
         row["pairs_lost"], row["homeward_lost"], row["outward_lost"],
         "yes" if row["single_point"] else "no"]
        for node, row in found["outages"].iterrows()
    ]  # fmt: skip
    head = [
        "actor taken out", "side", "links", "flows lost", "parts", "pairs lost",
        "homeward lost", "outward lost", "single point",
    ]  # fmt: skip
    return markdown(head, rows)


def table_of_confidence(found):
    table, undirected = found["table"], found["undirected"]
    rows = []
    for confidence, part in table.groupby("confidence"):
        rows.append(
            [confidence, len(part), three(part["links"].median()), three(part["layers"].median()),
             int(part["is_liaison"].sum()), int(part["is_liaison_stated"].sum()),
             int(undirected.loc[part.index, "is_liaison"].sum())]
        )  # fmt: skip
    head = [
        "confidence", "parks", "links (median)", "flows (median)",
        "joins home and host along the links", "the same with facts only", "direction ignored",
    ]  # fmt: skip
    return markdown(head, rows)


def table_of_flows(found):
    delta, table = found["delta"], found["table"]
    parks = set(table.index)
    links = delta.links
    touching = links[links["source"].isin(parks) | links["target"].isin(parks)]
    rows = []
    for layer in LAYERS:
        part = touching[touching["layer"] == layer]
        here = (set(part["source"]) | set(part["target"])) & parks
        into = part["target"].isin(parks).sum()
        rows.append(
            [layer, len(here), int(into), len(part) - int(into),
             int((part["status"] != "stated").sum())]
        )  # fmt: skip
    return markdown(
        ["flow", "parks that have it", "links to a park", "from a park", "no fact"], rows
    )


def numbers_of(found):
    around = load_quzhou()
    table = found["table"]
    lost = found["outages"]
    names = names_of(found["delta"])
    soft = around.links[around.links["status"] != "stated"]
    sole = {
        layer: names[node]
        for node, row in lost.drop(PARK).iterrows()
        for layer in filter(None, row["layers_lost"].split(", "))
    }
    own = found["roles"]["own"].loc[PARK]
    counts = ["homeward", "outward", *ROLES]
    if len(around.links[around.links["source"] == PARK]) != 1:
        raise SystemExit("The page says that one link leaves the park; the facts have changed.")
    layer_counts = found["by_layer"].xs(PARK, level="node")[counts]
    ignored = found["by_layer_both_ways"].xs(PARK, level="node")
    return {
        "n_nodes": around.n_nodes,
        "n_links": around.n_links,
        "n_layers": len(around.layers),
        "n_soft": len(soft),
        "soft": listed(f"{row.status} ({names[row.source]} to {names[row.target]})"
                       for row in soft.itertuples()),
        "homeward": own["homeward"],
        "outward": own["outward"],
        "facts_homeward": found["facts"].loc[PARK, "homeward"],
        "by_layer_sum": int(layer_counts.sum().sum()),
        "layers_across": listed(
            f"{layer} ({int(row['homeward'])})"
            for layer, row in ignored.iterrows() if row["homeward"]
        ),
        "gov_homeward": found["roles"]["own"].loc["gov_quzhou", "homeward"],
        "sole": listed(f"{layer} ({name})" for layer, name in sole.items()),
        "park_parts": lost.loc[PARK, "parts"],
        "park_isolated": lost.loc[PARK, "isolated"],
        "park_layers": listed(lost.loc[PARK, "layers_lost"].split(", ")),
        "pairs_lost": lost.loc[PARK, "pairs_lost"],
        "pairs": int((lost["side"].drop(PARK) == "home").sum() * (lost["side"] == "host").sum()),
        "homeward_lost": lost.loc[PARK, "homeward_lost"],
        "n_parks": len(table),
        "n_liaison": int(table["is_liaison"].sum()),
        "n_stated": int(table["is_liaison_stated"].sum()),
        "n_weak": int((table["confidence"] == "C").sum()),
        "n_both": int(found["undirected"]["is_liaison"].sum()),
        "n_two": int((table["partners"] <= 2).sum()),
        "other_1": names[found["others"][0]],
        "other_2": names[found["others"][1]],
        "id_1": found["others"][0],
        "id_2": found["others"][1],
        "unknown": int(park_sides_missing(found)),
        "table_of_actors": table_of_actors(found),
        "table_of_groups": table_of_groups(found),
        "table_of_roles": table_of_roles(found),
        "table_of_outages": table_of_outages(found),
        "table_of_confidence": table_of_confidence(found),
        "table_of_flows": table_of_flows(found),
    }  # fmt: skip


def park_sides_missing(found):
    """Actors whose jurisdiction no source says."""
    nodes = found["delta"].nodes
    return nodes.loc[nodes["kind"] != "place", "jurisdiction"].isna().sum()


def tables_of(found):
    """Every table of the page in full."""
    roles = found["roles"]
    return {
        "parks": found["table"],
        "outages": found["outages"],
        **{f"roles_park_in_{group}": table for group, table in roles.items()},
        "roles_by_layer": found["by_layer"],
        "roles_direction_ignored": found["both_ways"],
    }


def main(folder="cooperation", _data=None):
    """Write page, tables and figures below a folder; the facts are bundled, DATA is not needed."""
    mpl.use("Agg")
    folder = Path(folder)
    found = compute()
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "mechanisms/cooperation")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "mechanisms/cooperation.md")


if __name__ == "__main__":
    main(*sys.argv[1:])
