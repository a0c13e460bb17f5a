"""Sharing what enclaves achieve: write the page on the game of the delta's parks and on two parks.

Run ``python examples/sharing.py FOLDER``. FOLDER (by default ``sharing``) takes
``studies/sharing.md``, its tables and its figure; ``docs`` renews those in the repository. All
facts are bundled with netinnov. The text is in ``sharing.md`` beside this script.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.planning import (
    Game,
    allocation_stability,
    cooperation_game,
    core_range,
    least_core,
    owen_value,
    shapley_value,
    share_benefits,
)
from netinnov.plotting import plot_benefit_shares, print_style

TYPES = ["reverse_enclave", "talent_enclave"]
PROVINCES = ["Anhui", "Jiangsu", "Shanghai", "Zhejiang"]
HOME, HOST = "quzhou", "hangzhou"

# Qingtian and Pinghu. The fixed return is a fact; all other numbers are assumed.
FIXED = 10.0  # per cent of the paid-in investment a year
DEPOSIT = 2.0  # assumed: what the villages get elsewhere
OTHER_USE = 0.0  # assumed: what Pinghu gets from the same land without them
PROFITS = [4.0, 8.0, 10.0, 12.0, 16.0, 18.0, 24.0]  # assumed: what the park earns


def read_sites():
    """The enclaves with home and host in two prefecture-level cities of the delta."""
    delta = ni.datasets.load_yrd_enclaves()
    nodes, places = delta.nodes, delta.places
    whole = places["level"].isin(["prefecture", "municipality"])
    cities = places[whole & places["province"].isin(PROVINCES)]
    city = places["parent"].fillna(places.index.to_series())
    sites = nodes[nodes["type"].isin(TYPES)]
    table = pd.DataFrame(
        {
            "source": sites["jurisdiction"].map(city),
            "target": sites["place"].map(city),
            "confidence": sites["confidence"],
        }
    )
    inside = table[["source", "target"]].isin(cities.index).all(axis=1)
    return table[inside & (table["source"] != table["target"])], cities


def game_of(sites, players):
    """What each group of cities achieves by the sites whose home and host are both in it."""
    nodes = pd.DataFrame({"place": players}, index=players)
    alone = ni.build_network(nodes, pd.DataFrame({"source": [], "target": []}, dtype="str"))
    pairs = sites[["source", "target"]].drop_duplicates()
    return cooperation_game(alone, players=players, links=pairs)


def compute():
    """All results of the page."""
    sites, cities = read_sites()
    players = sorted({*sites["source"], *sites["target"]})
    game = game_of(sites, players)
    province = cities.loc[players, "province"]
    unions = [list(names) for _, names in province.groupby(province).groups.items()]
    sites_of = pd.concat([sites["source"], sites["target"]]).value_counts()
    rules = {
        "equal": "equal",
        "sites": sites_of,
        "shapley": "shapley",
        "unions": lambda game: owen_value(game, unions=unions),
        "nucleolus": "nucleolus",
    }
    benefits = share_benefits(game, rules=rules)
    shares = benefits.pivot(index="player", columns="rule", values="share")[list(rules)]
    games = [game_of(sites.drop(index=site), players) for site in sites.index]
    joint = (sites[["source", "target"]] == [HOME, HOST]).all(axis=1)
    return {
        "sites": sites,
        "cities": cities,
        "province": province,
        "game": game,
        "benefits": benefits,
        "shares": shares,
        "range": core_range(game),
        "stability": {name: allocation_stability(games, shares[name]) for name in rules},
        "without": game_of(sites[~joint], players),
        "joint": int(joint.sum()),
        "return": returns(),
    }


def fixed_return(_game, *, fixed):
    """What the contract gives, whatever the profit."""
    return fixed


def returns():
    """Who gets what of the village-income enclave, for each assumed profit of the park."""
    parts = []
    for profit in PROFITS:
        game = Game(["villages", "pinghu"], [0.0, DEPOSIT, OTHER_USE, profit])
        fixed = {"villages": FIXED, "pinghu": profit - FIXED}
        rules = {"fixed return": partial(fixed_return, fixed=fixed), "shapley": "shapley"}
        parts.append(share_benefits(game, rules=rules).assign(profit=profit))
    return pd.concat(parts, ignore_index=True)


def draw(found, folder):
    """Shares by rule, with what each city can get in the core."""
    words = {"equal": "equal", "nucleolus": "nucleolus", "shapley": "Shapley value"}
    rows = found["benefits"][found["benefits"]["rule"].isin(words)]
    order = rows["rule"].map({rule: k for k, rule in enumerate(words)})
    with print_style():
        figure = new_figure(height=108)
        plot_benefit_shares(
            rows.loc[order.sort_values(kind="stable").index],
            core=found["range"],
            names=found["cities"]["name"],
            rules=words,
            label="share of the gain of access (sum of harmonic closeness)",
            ax=figure.add_subplot(),
        )
    save(figure, folder, "sharing_rules")


def by_shapley(shares):
    """The cities, those with the largest Shapley value first; rounding orders nobody."""
    return shares["shapley"].round(9).sort_values(ascending=False, kind="stable").index


def table_of_shares(found):
    shares, ends, sites = found["shares"], found["range"], found["sites"]
    order = by_shapley(shares)
    rows = [
        [
            found["cities"].loc[city, "name"],
            int((sites["source"] == city).sum()),
            int((sites["target"] == city).sum()),
            *(f"{shares.loc[city, rule]:.2f}" for rule in shares.columns),
            f"{abs(ends.loc[city, 'low']):.2f} to {ends.loc[city, 'high']:.2f}",
        ]
        for city in order
    ]
    head = ["city", "sites as home", "as host", "equal", "by sites", "Shapley", "Owen", "nucleolus"]
    return markdown([*head, "in the core"], rows)


def table_of_rules(found):
    words = {
        "equal": "equal",
        "sites": "in proportion to sites, as home or host",
        "shapley": "Shapley value",
        "unions": "Owen value, provinces as unions",
        "nucleolus": "nucleolus",
    }
    by_rule = found["benefits"].groupby("rule", sort=False).first()
    rows = [
        [
            words[rule],
            "yes" if row["in_core"] else "no",
            f"{row['largest_excess']:.2f}",
            coalition(found, row["objector"]),
            f"{found['stability'][rule].share:.0%}".replace("%", " %"),
        ]
        for rule, row in by_rule.iterrows()
    ]
    head = [
        "rule",
        "in the core",
        "largest excess",
        "who would leave",
        "in the core with a site less",
    ]
    return markdown(head, rows)


def coalition(found, members):
    if not members:
        return "nobody"
    others = [city for city in found["game"].players if city not in members]
    if len(others) < len(members):
        return f"all but {listed(found['cities'].loc[others, 'name'])}"
    return listed(found["cities"].loc[sorted(members), "name"])


def table_of_returns(found):
    rows = []
    for profit, part in found["return"].groupby("profit"):
        by = part.set_index(["rule", "player"])
        fixed = by.loc["fixed return"]
        objector = fixed["objector"].iloc[0]
        rows.append(
            [
                f"{profit:g}",
                f"{fixed.loc['villages', 'share']:g} and {fixed.loc['pinghu', 'share']:g}",
                " and ".join(f"{by.loc[('shapley', who), 'share']:g}" for who in fixed.index),
                {"villages": "the villages", "pinghu": "Pinghu"}[next(iter(objector))]
                if objector
                else "nobody",
            ]
        )
    head = ["profit (assumed)", "fixed return: villages and Pinghu", "Shapley value", "would leave"]
    return markdown(head, rows)


def numbers_of(found):
    """Everything the template names."""
    sites, shares, game = found["sites"], found["shares"], found["game"]
    pairs = sites[["source", "target"]].drop_duplicates()
    names = found["cities"]["name"]
    before, after = (shapley_value(each) for each in (found["without"], game))
    rise = after - before
    unions = found["province"].value_counts().sort_index()
    by_union = shares.groupby(found["province"]).sum()
    return {
        "n_sites": len(sites),
        "n_weak": int((sites["confidence"] == "C").sum()),
        "n_pairs": len(pairs),
        "n_homes": sites["source"].nunique(),
        "n_hosts": sites["target"].nunique(),
        "n_players": len(game.players),
        "n_networks": f"{game.values.size:,}",
        "total": f"{game.values[-1]:.2f}",
        "first": names[shares["shapley"].idxmax()],
        "first_shapley": f"{shares['shapley'].max():.2f}",
        "first_nucleolus": f"{shares.loc[shares['shapley'].idxmax(), 'nucleolus']:.2f}",
        "first_high": f"{found['range'].loc[shares['shapley'].idxmax(), 'high']:.2f}",
        "equal": f"{shares['equal'].iloc[0]:.2f}",
        "least_core": f"{least_core(game):.2f}",
        "least_loss": f"{-least_core(game):.2f}",
        "home": names[HOME],
        "host": names[HOST],
        "joint": found["joint"],
        "lost": f"{game.values[-1] - found['without'].values[-1]:.2f}",
        "rise_home": f"{rise[HOME]:.3f}",
        "rise_host": f"{rise[HOST]:.3f}",
        "rise_others": f"{rise.drop([HOME, HOST]).sum():.3f}",
        "unions": listed(f"{name} ({n})" for name, n in unions.items()),
        "zhejiang_shapley": f"{by_union.loc['Zhejiang', 'shapley']:.2f}",
        "zhejiang_owen": f"{by_union.loc['Zhejiang', 'unions']:.2f}",
        "shanghai_owen": f"{by_union.loc['Shanghai', 'unions']:.2f}",
        "fixed": three(FIXED),
        "deposit": three(DEPOSIT),
        "other_use": three(OTHER_USE),
        "same": three(2 * FIXED - DEPOSIT + OTHER_USE),
        "leaves_below": three(FIXED + OTHER_USE),
        "table_of_shares": table_of_shares(found),
        "table_of_rules": table_of_rules(found),
        "table_of_returns": table_of_returns(found),
    }


def tables_of(found):
    """Every table of the page in full."""

    def text(members):
        return "+".join(sorted(members)) if members else ""

    benefits = found["benefits"].assign(objector=found["benefits"]["objector"].map(text))
    return {
        "shares": benefits.set_index("rule"),
        "core_range": found["range"],
        "fixed_return": found["return"]
        .assign(objector=found["return"]["objector"].map(text))
        .set_index("profit"),
    }


def main(folder="sharing", _data=None):
    """Write page, tables and figure below a folder; the facts are bundled, DATA is not needed."""
    mpl.use("Agg")
    folder = Path(folder)
    found = compute()
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/sharing")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "studies/sharing.md")


if __name__ == "__main__":
    main(*sys.argv[1:])
