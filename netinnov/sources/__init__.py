"""Readers of public data: each returns the tables that `build_network` takes."""

from __future__ import annotations

from netinnov.sources._result import Tables
from netinnov.sources.cordis import read_cordis
from netinnov.sources.tables import read_tables

__all__ = ["Tables", "read_cordis", "read_tables"]
