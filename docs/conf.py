"""Settings of the documentation: Sphinx with numpydoc docstrings, Markdown pages and a gallery."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from docutils import nodes
from latex2mathml.converter import convert

from netinnov import __version__

sys.path.insert(0, str(Path(__file__).parent))
mpl.use("agg")

project = "netinnov"
author = "netinnov developers"
copyright = "2026, netinnov developers"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build"]

html_theme = "pydata_sphinx_theme"
html_title = f"netinnov {release}"
html_static_path = ["_static"]
html_css_files = ["netinnov.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "netinnov"},
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": False,
}

# One page for each module: its public names in the order of the source.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
default_role = "py:obj"  # names in docstrings lead to what they name
# Names without their module, which is the title of the page, and a line for each parameter.
add_module_names = False
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 2

# Scripts of examples/gallery are run, in the style of the package.
sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "filename_pattern": "",
    "image_scrapers": ("_figures.save_figure",),
    "reset_modules": (),
    "within_subsection_order": "FileNameSortKey",
    "min_reported_time": 1,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
    "download_all_examples": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
}


def _inline_formula(writer, node):
    """Formulas as MathML, which browsers draw without a script or a network."""
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _formula(writer, node):
    writer.body.append(f'<div class="formula">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


html_math_renderer = "mathml"


def setup(app):
    """Tell Sphinx how formulas are written."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_formula, None))
