"""Multilayer networks of innovation: build them from tables, measure them, experiment on them.

``import netinnov as ni`` loads nothing heavy: submodules load when they are first used. Examples of
docstrings begin after ``import pandas as pd, netinnov as ni``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _installed
from typing import TYPE_CHECKING

from netinnov._runtime.other_programs import missing_name
from netinnov._runtime.public import publish
from netinnov._version import __version__

if TYPE_CHECKING:
    import netinnov.build as build
    import netinnov.centrality as centrality
    import netinnov.cli as cli
    import netinnov.community as community
    import netinnov.connectivity as connectivity
    import netinnov.datasets as datasets
    import netinnov.errors as errors
    import netinnov.experiments as experiments
    import netinnov.explorer as explorer
    import netinnov.geocoding as geocoding
    import netinnov.governance as governance
    import netinnov.io as io
    import netinnov.linkages as linkages
    import netinnov.manuscript as manuscript
    import netinnov.mechanisms as mechanisms
    import netinnov.network as network
    import netinnov.null_models as null_models
    import netinnov.panels as panels
    import netinnov.planning as planning
    import netinnov.plotting as plotting
    import netinnov.polycentricity as polycentricity
    import netinnov.scenarios as scenarios
    import netinnov.sources as sources
    import netinnov.study as study
    import netinnov.supra as supra
    import netinnov.topology as topology
    from netinnov.build import aggregate, build_network, check_tables, clean_tables, flatten
    from netinnov.connectivity import Frictions
    from netinnov.errors import TableError
    from netinnov.experiments import compare_scenarios
    from netinnov.explorer import explore
    from netinnov.network import MultilayerNetwork
    from netinnov.null_models import rewire
    from netinnov.scenarios import ReverseEnclave
    from netinnov.sources._read_network import read_network
    from netinnov.topology import describe

__all__ = [
    "Frictions", "MultilayerNetwork", "ReverseEnclave", "TableError", "__version__", "aggregate",
    "build", "build_network", "centrality", "check_tables", "clean_tables", "cli", "community",
    "compare_scenarios", "connectivity", "datasets", "describe", "errors", "experiments", "explore",
    "explorer", "flatten", "geocoding", "governance", "io", "linkages", "manuscript", "mechanisms",
    "network", "null_models", "panels", "planning", "plotting", "polycentricity", "read_network",
    "rewire", "scenarios", "sources", "study", "supra", "topology",
]  # fmt: skip

_HOME = {
    "Frictions": "connectivity",
    "MultilayerNetwork": "network",
    "ReverseEnclave": "scenarios",
    "TableError": "errors",
    "aggregate": "build",
    "build_network": "build",
    "check_tables": "build",
    "clean_tables": "build",
    "compare_scenarios": "experiments",
    "explore": "explorer",
    "describe": "topology",
    "flatten": "build",
    "read_network": "sources._read_network",
    "rewire": "null_models",
}

if (_PANDAS := _installed("pandas")).startswith(("0.", "1.", "2.")):
    raise ImportError(
        f"netinnov needs pandas 3.0 or newer; this environment has {_PANDAS}. Install netinnov "
        "into an environment of its own (docs/install.md), or run: pip install 'pandas>=3.0'"
    )


if not TYPE_CHECKING:  # a type checker that saw it would believe in any name

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise missing_name(__name__, name, __all__)
        if name in _HOME:
            value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
            globals()[name] = value
            return value
        return import_module(f"{__name__}.{name}")


__dir__ = publish(globals())
