"""One function for all results: a table as the content of a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

from netinnov._arguments import as_list, as_path, as_whole, check_type
from netinnov._atomic import write_bytes
from netinnov.errors import InputError
from netinnov.manuscript._cells import plain
from netinnov.manuscript._fitted_models import MODELS, Below, model_grid
from netinnov.manuscript._formats import as_docx, as_html, as_latex, as_markdown
from netinnov.manuscript._result_grids import result_grid

Format = Literal["markdown", "latex", "html", "docx"]


@overload
def to_table(
    result: Any,
    *,
    format: Literal["docx"],
    path: str | os.PathLike[str] | None = ...,
    digits: int = ...,
    below: Below = ...,
    caption: str = ...,
    label: str = ...,
    notes: Sequence[str] = ...,
) -> bytes: ...
@overload
def to_table(
    result: Any,
    *,
    format: Literal["markdown", "latex", "html"] = ...,
    path: str | os.PathLike[str] | None = ...,
    digits: int = ...,
    below: Below = ...,
    caption: str = ...,
    label: str = ...,
    notes: Sequence[str] = ...,
) -> str: ...
def to_table(
    result: Any,
    *,
    format: Format = "markdown",
    path: str | os.PathLike[str] | None = None,
    digits: int = 3,
    below: Below = "standard_error",
    caption: str = "",
    label: str = "",
    notes: Sequence[str] = (),
) -> str | bytes:
    """Set a result as a table for a manuscript.

    Parameters
    ----------
    result : result of netinnov, DataFrame, or mapping
        An `ExperimentResult` (its effects), a table of effects, contrasts or a profile, a
        `NullComparison` or a mapping from names to several, any other result that has a
        ``to_frame`` method, or any DataFrame. Gravity and event-study models (`GravityFit`,
        `MatrixRegression`, `EventStudy`, `DifferenceInDifferences`,
        `TieEffect`) are columns: one model, or a mapping from the heads of columns to models.
    format : {"markdown", "latex", "html", "docx"}
        LaTeX needs ``\\usepackage{booktabs}``. HTML needs great_tables, Word python-docx:
        ``pip install 'netinnov[tables]'``.
    path : path, optional
        A file to write as well; an older one is replaced.
    digits : int
        Significant digits, 1 to 15. Numbers that count have all theirs, p-values three decimals.
    below : {"standard_error", "interval", "p"}
        What stands below a coefficient of a model.
    caption : str
        Above the table.
    label : str
        Of LaTeX, for ``\\ref``; of HTML, the id of the table.
    notes : sequence of str
        Below the table, after those that say what its columns are.

    Returns
    -------
    str or bytes
        The content of the file: bytes for ``"docx"``, else text.

    Raises
    ------
    InputError
        If there is nothing to set, or the file cannot be written.
    ImportError
        If the package that writes the format is not installed.

    Notes
    -----
    Labels that repeat from the row above are left out; what is not defined is a dash. Chinese text
    in LaTeX needs a document class such as ``ctexart``, compiled by XeLaTeX.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"flow": [1234.5, -0.00567]}, index=["Quzhou", "Hangzhou"])
    >>> print(to_table(table.rename_axis("place")))
    | place | flow |
    | --- | ---: |
    | Quzhou | 1,234 |
    | Hangzhou | −0.00567 |
    <BLANKLINE>
    """
    digits = as_whole("digits", digits, low=1, high=15)
    for name, text in (("caption", caption), ("label", label)):
        check_type(name, text, str)
    plain_notes = [plain(note) for note in as_list("notes", notes, "sentences")]
    if isinstance(result, MODELS):
        result = {"": result}
    if isinstance(result, Mapping) and any(isinstance(one, MODELS) for one in result.values()):
        if not all(isinstance(one, MODELS) for one in result.values()):
            kinds = ", ".join(model.__name__ for model in MODELS)
            msg = f"all columns of a table of models must be one of {kinds}; some are not."
            raise InputError(msg)
        grid = model_grid({str(name): one for name, one in result.items()}, digits, below)
    else:
        grid = result_grid(result, digits)
    if not grid.rows:
        raise InputError("a table needs at least one row; the result has none.")
    grid = grid._replace(notes=[*grid.notes, *plain_notes])
    caption = plain(caption) if caption else ""
    content: str | bytes
    if format == "docx":
        content = as_docx(grid, caption)
    elif format == "latex":
        content = as_latex(grid, caption, label)
    elif format == "html":
        content = as_html(grid, caption, label)
    else:
        content = as_markdown(grid, caption)
    if path is not None:
        data = content if isinstance(content, bytes) else content.encode()
        write_bytes(as_path("path", path), data)
    return content
