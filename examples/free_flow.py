"""Free flow of innovation elements as models: compute, draw and write the page.

Run ``python examples/free_flow.py FOLDER``. FOLDER (by default ``free_flow``) takes
``mechanisms/free_flow.md``, its tables and its figures; ``docs`` renews those in the repository.
No data are read: everything on the page is modelled. The text is in ``free_flow.md`` beside this
script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, three, write_tables
from scipy import optimize

from netinnov.mechanisms.convergence import beta_convergence, sigma_convergence
from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    LogitMigration,
    Replicator,
    bifurcation_diagram,
    phase_map,
    trade_freeness,
)
from netinnov.plotting import plot_bifurcation, plot_phase_map, print_style

CORE = CorePeriphery(sigma=5, mu=0.4)
FOOTLOOSE = FootlooseEntrepreneur(sigma=3, mu=0.4)
LOGIT = {"sensitivity": 1.0, "congestion": 0.5, "spillover": 1.0}
ENCLAVES = (0.0, 0.05, 0.1, 0.3, 0.6)
SHOWN = 0.1  # share that the enclave of the figures reaches
STRONG = 0.3  # the same in the figure of paths
START = (0.4, 0.6)  # of home and host
REGIONS = 60
DECAYS = (30.0, 10.0, 3.0)
FREE = 0.3  # freeness at which a border brings the even split back
STRICT = 0.9  # border of the reduced model
GRID, EARLY = 200, 200  # values an axis of the maps; steps of beta convergence
N_POINTS = 200  # of parameters, at which closed forms are compared with numbers
SEED = 1


def logit(attraction, **other):
    """The reduced model with the parameters of this page."""
    return LogitMigration(attraction=attraction, **{**LOGIT, **other})


def near(*points, low, high, size=161):
    """Values of a parameter, dense where branches meet."""
    steps = np.geomspace(1e-7, 0.02 * (high - low), 14)
    extra = [point + sign * steps for point in points for sign in (-1, 1)]
    values = np.concatenate([np.linspace(low, high, size), *extra])
    return np.unique(values[(values >= low) & (values <= high)])


def agreement():
    """Largest difference between closed forms and numbers for each model."""

    def of_trade(kind, highest):
        worst = 0.0
        for sigma in np.linspace(1.5, 9.0, 20):
            for mu in np.linspace(0.05, 0.95 * highest(sigma), N_POINTS // 20):
                model = kind(sigma, mu)
                closed = model.break_point()

                def rise(phi, model=model):
                    return model.gap(0.5 + 1e-4, freeness=phi) - model.gap(0.5 - 1e-4, freeness=phi)

                room = min(1e-3, 0.1 * closed, 0.1 * (1 - closed))
                found = optimize.brentq(rise, closed - room, closed + room, xtol=1e-12)
                worst = max(worst, abs(found - closed))
        return worst

    def of_logit():
        worst = 0.0
        rng = np.random.default_rng(SEED)
        for theta, c, s, border in rng.uniform([0.3, 0, 0, 0], [4, 2, 2, 0.9], (N_POINTS, 4)):

            def growth(attraction, theta=theta, c=c, s=s, border=border):
                model = LogitMigration(theta, attraction, c, s, border)
                step = model.simulate([0.5 + 1e-4, 0.5 - 1e-4], steps=1, mobility=1.0)[0]
                return step[1] - step[0]

            closed = LogitMigration(theta, 1.0, c, s, border).break_point()
            found = optimize.brentq(growth, closed - 0.5, closed + 0.5, xtol=1e-12)
            worst = max(worst, abs(found - closed))
        return worst

    return {
        "core-periphery": of_trade(CorePeriphery, lambda sigma: min((sigma - 1) / sigma, 0.95)),
        "footloose entrepreneur": of_trade(
            FootlooseEntrepreneur, lambda sigma: min(sigma - 1, 1.0)
        ),
        "logit migration": of_logit(),
    }


def enclave_table():
    """Where an enclave moves the points of each model."""
    rows = []
    for name, model in (("core-periphery", CORE), ("footloose entrepreneur", FOOTLOOSE)):
        for e in ENCLAVES:
            fold = model.fold_point(enclave=e) if e else np.nan
            rows.append(
                (name, e, model.break_point(enclave=e), fold, model.sustain_point(enclave=e))
            )
    for e in ENCLAVES:
        both = logit(1.0).break_point() / (1 - e)
        rows.append(
            (
                "logit migration",
                e,
                both,
                logit(1.0, enclave=e).fold_point() if e else np.nan,
                np.nan,
            )
        )
    columns = ["model", "enclave", "break_if_both", "fold_if_home", "sustain_in_host"]
    return pd.DataFrame(rows, columns=columns)


def paths():
    """Two regions under four regimes, from the same start."""
    low, high = 0.5 * CORE.sustain_point(), 1.5 * CORE.break_point()
    one, other = ("home", "host"), ("host", "home")

    def follow(phi, enclaves=None):
        free = pd.DataFrame([[1, phi], [phi, 1]], ["home", "host"], ["home", "host"])
        start = pd.Series(START, ["home", "host"])
        fast = Replicator(mobility=1.0)
        return CORE.simulate(start, freeness=free, enclaves=enclaves, steps=400, dynamics=fast)

    return {
        f"a) border: freeness {low:.2f}": follow(low),
        f"b) free flow: freeness {high:.2f}": follow(high),
        f"c) as b), enclave of home, e = {STRONG:g}": follow(high, {one: STRONG}),
        f"d) as b), enclaves of both, e = {STRONG:g}": follow(high, {one: STRONG, other: STRONG}),
    }


def many():
    """A plane of regions at three decays of trade."""
    rng = np.random.default_rng(SEED)
    points = rng.random((REGIONS, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    start = rng.dirichlet(np.full(REGIONS, 50.0))
    rows, paths = [], []
    for decay in DECAYS:
        free = trade_freeness(distances, decay=decay)
        path = CORE.simulate(start, freeness=free, steps=6000, dynamics=Replicator(mobility=2.0))
        end = path.iloc[-1].to_numpy()
        spread = sigma_convergence(path.iloc[[0, -1]].T, spread="theil")
        rows.append(
            {
                "decay": decay,
                "regions_left": int((end > 1e-3).sum()),
                "largest": end.max(),
                "effective": 1 / (end**2).sum(),
                "theil_start": spread.iloc[0],
                "theil_end": spread.iloc[-1],
            }
        )
        paths.append(path)
    return pd.DataFrame(rows), paths[0]


def compute():
    """Everything that the page shows."""
    table, first = many()
    regime = phase_map(
        CORE,
        rows={"border": np.linspace(0, 0.99, GRID)},
        columns={"freeness": np.linspace(0.005, 0.6, GRID)},
    )
    reach = phase_map(
        logit(1.0),
        rows={"enclave": np.linspace(0, 0.8, GRID)},
        columns={"attraction": np.linspace(0.02, 12, GRID)},
    )
    return {
        "agreement": agreement(),
        "enclaves": enclave_table(),
        "paths": paths(),
        "many": table,
        "regime": regime,
        "reach": reach,
        "beta": beta_convergence(first.iloc[[0, EARLY]].T),
    }


def draw(found, folder):
    """The figures of the page."""
    figure = new_figure(height=120)
    with print_style():
        axes = figure.subplots(2, 2, sharey=True).ravel()
        for ax, (title, path) in zip(axes, found["paths"].items(), strict=True):
            path.plot(ax=ax, ylim=(0, 1.03), title=title)
            ax.set_ylabel("share of the mobile" if ax in axes[::2] else "")
            ax.set_xlabel("step (modelled)")
    save(figure, folder, "free_flow_paths")

    low, high = CORE.sustain_point(), CORE.break_point()
    fold, sustained = CORE.fold_point(enclave=SHOWN), CORE.sustain_point(enclave=SHOWN)
    figure = new_figure(height=150)
    with print_style():
        axes = figure.subplots(2, 2)
        values = near(low, high, low=0.05, high=0.2)
        plot_bifurcation(
            bifurcation_diagram(CORE.equilibria, values),
            points={"sustain point": low, "break point": high},
            label="a) core-periphery: freeness of trade",
            ax=axes[0, 0],
        )
        values = near(fold, sustained, low, low=0.05, high=0.2)
        plot_bifurcation(
            bifurcation_diagram(lambda phi: CORE.equilibria(phi, enclave=SHOWN), values),
            points={
                "fold point": fold,
                "sustain point, host": sustained,
                "sustain point, home": low,
            },
            label=f"b) region 1 has an enclave of {SHOWN:g}: freeness of trade",
            ax=axes[0, 1],
        )
        broken = logit(1.0).break_point()
        values = near(broken, low=1.0, high=8.0)
        plot_bifurcation(
            bifurcation_diagram(lambda a: logit(a).equilibria(), values, parameter="attraction"),
            points={"break point": broken},
            label="c) logit migration: agglomeration A",
            ax=axes[1, 0],
        )
        folded = logit(1.0, enclave=SHOWN).fold_point()
        values = near(folded, low=1.0, high=8.0)
        plot_bifurcation(
            bifurcation_diagram(
                lambda a: logit(a, enclave=SHOWN).equilibria(), values, parameter="attraction"
            ),
            points={"fold point": folded},
            label=f"d) region 1 has an enclave of {SHOWN:g}: agglomeration A",
            ax=axes[1, 1],
        )
    save(figure, folder, "free_flow_bifurcation")

    figure = new_figure(height=92)
    with print_style():
        axes = figure.subplots(1, 2)
        plot_phase_map(
            found["regime"],
            labels=("a) core-periphery: freeness without the border", "border"),
            ax=axes[0],
        )
        reach = found["reach"]
        folds = pd.Series({e: logit(1.0, enclave=e).fold_point() for e in reach.index[1:]})
        plot_phase_map(
            reach,
            labels=("b) logit migration: agglomeration A", "share that home's enclave reaches"),
            curves={"fold point, closed form": folds[folds <= reach.columns[-1]]},
            ax=axes[1],
        )
    save(figure, folder, "free_flow_phases")


def numbers_of(found):
    """The fields of the template."""
    enclaves = found["enclaves"]
    models = {"core-periphery": CORE, "footloose entrepreneur": FOOTLOOSE}
    points = markdown(
        ["model", "parameters", "sustain point", "break point", "as iceberg costs"],
        [
            (
                name,
                f"sigma {model.sigma:g}, mu {model.mu:g}",
                f"{model.sustain_point():.4f}",
                f"{model.break_point():.4f}",
                f"{model.sustain_point(unit='cost'):.4f}, {model.break_point(unit='cost'):.4f}",
            )
            for name, model in models.items()
        ],
    )
    moved = markdown(
        [
            "model",
            "e",
            "break point, both",
            "fold point, home only",
            "sustain point of the host's core",
        ],
        [
            (row.model, f"{row.enclave:g}", *(_four(v) for v in row[3:]))
            for row in enclaves.itertuples()
        ],
    )
    many = markdown(
        [
            "decay",
            "regions with more than 0.1 %",
            "largest share",
            "effective number",
            "Theil index, start",
            "end",
        ],
        [
            (
                f"{r.decay:g}",
                r.regions_left,
                three(r.largest),
                three(r.effective),
                three(r.theil_start),
                three(r.theil_end),
            )
            for r in found["many"].itertuples()
        ],
    )
    worst = found["agreement"]
    theta = LOGIT["sensitivity"]
    by_model = {
        name: enclaves[enclaves["model"] == name].set_index("enclave")
        for name in enclaves["model"].unique()
    }
    core = by_model["core-periphery"]
    reduced = by_model["logit migration"]
    return {
        "points": points,
        "moved": moved,
        "many": many,
        "worst": listed(f"{value:.0e} ({name})" for name, value in worst.items()),
        "n_points": N_POINTS,
        "grid": GRID,
        "early": EARLY,
        "strict": STRICT,
        "e": SHOWN,
        "strong": STRONG,
        "core_break": core.loc[0.0, "break_if_both"],
        "core_sustain": core.loc[0.0, "sustain_in_host"],
        "core_both": core.loc[SHOWN, "break_if_both"],
        "core_fold": core.loc[SHOWN, "fold_if_home"],
        "core_host": core.loc[SHOWN, "sustain_in_host"],
        "border_at": FREE,
        "border_point": 1 - CORE.break_point() / FREE,
        "logit_break": reduced.loc[0.0, "break_if_both"],
        "logit_bordered": logit(1.0, border=STRICT).break_point(),
        "logit_both": reduced.loc[SHOWN, "break_if_both"],
        "logit_fold": reduced.loc[SHOWN, "fold_if_home"],
        "theta": theta,
        "congestion": LOGIT["congestion"],
        "spillover": LOGIT["spillover"],
        "n": REGIONS,
        "beta": found["beta"].slope,
        "beta_says": _says(found["beta"]),
        "beta_low": found["beta"].low,
        "beta_high": found["beta"].high,
        "decay": DECAYS[0],
    }


def _four(value):
    return "-" if np.isnan(value) else f"{value:.4f}"


def _says(beta):
    if beta.low <= 0 <= beta.high:
        return "it includes 0, so that no relation of growth with size at the start is shown"
    return "larger regions grow faster" if beta.low > 0 else "smaller regions grow faster"


def main(folder="free_flow"):
    """Write page, tables and figures below a folder."""
    folder = Path(folder)
    found = compute()
    draw(found, folder / "figures")
    tables = {name: found[name] for name in ("enclaves", "many")}
    write_tables(tables, folder / "mechanisms/free_flow")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "mechanisms/free_flow.md")


if __name__ == "__main__":
    main(*sys.argv[1:2])
