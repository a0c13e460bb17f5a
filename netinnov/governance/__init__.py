"""Governance across borders: how far links cross them, and approaches at equal cost."""

from netinnov._runtime.public import publish
from netinnov.governance._compare_approaches import (
    ApproachComparison as ApproachComparison,
    compare_approaches as compare_approaches,
)
from netinnov.governance._cross_border_shares import cross_border_shares as cross_border_shares

__dir__ = publish(globals())
