"""Networks at random that keep what is given, and measures compared with them."""

from netinnov.null_models._comparison import compare_with_null
from netinnov.null_models._curveball import curveball
from netinnov.null_models._max_entropy import max_entropy
from netinnov.null_models._mixing import Mixing, mixing
from netinnov.null_models._qap import MatrixRegression, QapCorrelation, mrqap, qap_correlation
from netinnov.null_models._rewire import rewire
from netinnov.null_models._standing import NullComparison
from netinnov.null_models._validated import validated_projection

__all__ = [
    "MatrixRegression",
    "Mixing",
    "NullComparison",
    "QapCorrelation",
    "compare_with_null",
    "curveball",
    "max_entropy",
    "mixing",
    "mrqap",
    "qap_correlation",
    "rewire",
    "validated_projection",
]
