"""Settings of the documentation: Sphinx with numpydoc docstrings and Markdown pages."""

from __future__ import annotations

from netinnov import __version__

project = "netinnov"
author = "netinnov developers"
copyright = "2026, netinnov developers"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_parser",
]
templates_path = ["_templates"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Multilayer networks of innovation", "page_width": "1040px"}

# One page for each module: its public names in the order of the source.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 2
