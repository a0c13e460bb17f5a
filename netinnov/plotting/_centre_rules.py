"""Which places are centres by which rules, where there is no map to show them on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from netinnov._arguments import as_whole
from netinnov.errors import InputError
from netinnov.plotting._fonts import name_of, printable
from netinnov.plotting._style import DOUBLE, INK, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_NO = "#c8c8c8"


def plot_centre_rules(
    rules: pd.DataFrame,
    *,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    top: int = 12,
    ax: Axes | None = None,
) -> Axes:
    """Draw which places are centres by which rules: a row a place, a column a rule.

    Parameters
    ----------
    rules : DataFrame
        Index = place; one column a rule, true or 1 where the place is a centre by it.
    names : mapping from place to str, optional
        Labels of the rows.
    top : int
        At most this many places are drawn, those that are centres by most rules; in a tie as given.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Filled squares where a place is a centre, small grey points where it is not; at the right
        the number of rules.

    Raises
    ------
    InputError
        If there is no row or column, or a value is neither true nor false.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = pd.DataFrame({"top": [1, 0], "core": [1, 1]}, index=["hangzhou", "quzhou"])
    >>> [text.get_text() for text in plot_centre_rules(rules).texts]
    ['2 of 2', '1 of 2']
    """
    table = table_of("rules", rules, of="a table of places and rules")
    if table.empty or not table.isin([0, 1]).all(axis=None):
        msg = "`rules` must have places and rules, and true or false for each; found "
        raise InputError(f"{msg}{table.shape[0]} x {table.shape[1]}.")
    table = table.astype(bool)
    count = table.sum(axis=1).sort_values(ascending=False, kind="stable")
    table = table.loc[count.head(as_whole("top", top)).index]
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=16 + 5.2 * len(table))
        for row, place in enumerate(table.index):
            mine = table.loc[place].to_numpy()
            for drawn, marker, size, colour in ((mine, "s", 7, INK), (~mine, "o", 2.5, _NO)):
                ax.plot(drawn.nonzero()[0], [row] * drawn.sum(), marker, ms=size, color=colour)
            text = f"{int(mine.sum())} of {mine.size}"
            ax.text(mine.size - 0.35, row, text, va="center", fontsize=7)
        columns = [printable(column).replace("_", " ") for column in table]
        ax.set_xticks(range(len(columns)), columns)
        ax.set_yticks(range(len(table)), [printable(name_of(names, row)) for row in table.index])
        ax.set(xlim=(-0.5, len(columns) + 0.1), ylim=(len(table) - 0.5, -0.5))
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    return ax
