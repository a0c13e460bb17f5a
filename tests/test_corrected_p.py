"""P-values of several experiments, corrected together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.experiments import corrected_p


def test_holm_and_fdr_by_hand() -> None:
    p = pd.Series([0.01, np.nan, 0.04, 0.03], index=list("abcd"))
    # Holm: 3 x 0.01; 2 x 0.03; 1 x 0.04, but no less than before. Fdr: 3/1, 3/3 and 3/2 times.
    assert corrected_p(p).to_dict() == pytest.approx(
        {"a": 0.03, "b": np.nan, "c": 0.06, "d": 0.06}, nan_ok=True
    )
    fdr = corrected_p(p, correction="fdr")
    assert fdr.dropna().to_dict() == pytest.approx({"a": 0.03, "c": 0.04, "d": 0.04})
    assert fdr.name == "corrected_p"


def test_experiments_that_are_one_family() -> None:
    tables = [pd.DataFrame({"placebo_p": [0.02, None]}), pd.DataFrame({"placebo_p": [0.04]})]
    together = pd.concat(tables, keys=["one", "two"])
    found = corrected_p(together["placebo_p"])
    assert found.index.equals(together.index)
    assert found.dropna().tolist() == [0.04, 0.04]
    assert len(corrected_p([])) == 0


@pytest.mark.parametrize(
    ("p", "words"),
    [([0.1, 1.2, -1], "2 are not, e.g. "), (["x"], "numbers"), ([[0.1], [0.2]], "sequence")],
)
def test_what_is_no_p_is_refused(p, words) -> None:
    with pytest.raises(InputError, match=words):
        corrected_p(p)
    with pytest.raises(InputError, match="'holm', 'fdr'"):
        corrected_p([0.1], correction="none")  # type: ignore[arg-type]
