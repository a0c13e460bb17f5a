"""Networks at random that keep what is given, and measures compared with them."""

from netinnov._runtime.public import publish
from netinnov.null_models._compare_with_null import compare_with_null as compare_with_null
from netinnov.null_models._gravity_null import GravityNull as GravityNull
from netinnov.null_models._max_entropy import MaxEntropy as MaxEntropy, max_entropy as max_entropy
from netinnov.null_models._mixing import Mixing as Mixing, mixing as mixing
from netinnov.null_models._null_statistics import NullComparison as NullComparison
from netinnov.null_models._prepared import NullModel as NullModel
from netinnov.null_models._qap import (
    MatrixRegression as MatrixRegression,
    QapCorrelation as QapCorrelation,
    mrqap as mrqap,
    qap_correlation as qap_correlation,
)
from netinnov.null_models._relocate import Relocate as Relocate
from netinnov.null_models._rewire import Rewire as Rewire, rewire as rewire
from netinnov.null_models._two_mode import (
    Curveball as Curveball,
    curveball as curveball,
    validated_projection as validated_projection,
)

__dir__ = publish(globals())
