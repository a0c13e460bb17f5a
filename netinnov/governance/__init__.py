"""Governance: approaches side by side at equal cost, and how far links cross borders."""

from netinnov._runtime.public import publish
from netinnov.governance._approaches import (
    ApproachComparison as ApproachComparison,
    compare_approaches as compare_approaches,
)
from netinnov.governance._border_shares import cross_border_shares as cross_border_shares

__dir__ = publish(globals())
