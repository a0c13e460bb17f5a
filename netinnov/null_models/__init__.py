"""Networks at random that keep what is given, and measures compared with them."""

from netinnov._public import public_names
from netinnov.null_models._compare_with_null import compare_with_null
from netinnov.null_models._curveball import Curveball, curveball
from netinnov.null_models._gravity_null import GravityNull
from netinnov.null_models._max_entropy import MaxEntropy, max_entropy
from netinnov.null_models._mixing import Mixing, mixing
from netinnov.null_models._null_statistics import NullComparison
from netinnov.null_models._prepared import NullModel
from netinnov.null_models._qap import MatrixRegression, QapCorrelation, mrqap, qap_correlation
from netinnov.null_models._rewire import Rewire, rewire
from netinnov.null_models._validated import validated_projection

__all__ = [
    "Curveball",
    "GravityNull",
    "MatrixRegression",
    "MaxEntropy",
    "Mixing",
    "NullComparison",
    "NullModel",
    "QapCorrelation",
    "Rewire",
    "compare_with_null",
    "curveball",
    "max_entropy",
    "mixing",
    "mrqap",
    "qap_correlation",
    "rewire",
    "validated_projection",
]

__dir__ = public_names(globals())
