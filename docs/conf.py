"""Settings of the documentation: Sphinx with numpydoc docstrings, Markdown pages and a gallery."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl
from docutils import nodes
from latex2mathml.converter import convert

from netinnov import __version__
from netinnov._runtime.other_programs import ours

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
    "sphinx_copybutton",
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
    "header_links_before_dropdown": 8,
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": False,
}

# One page for each public name, and one for each module with a table of them.
autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
# Words that lead to a name in the search and the index, beside the names in other packages.
OTHER_WORDS = {
    "null_models.compare_with_null": ["null model", "null models", "significance", "p-value"],
    "null_models.Rewire": ["degree-preserving null model"],
    "centrality.harmonic_centrality": ["access", "accessibility", "可达性"],
    "centrality.strength": ["weighted degree", "强度"],
    "community.leiden": ["modularity maximisation", "community detection", "社群"],
    "polycentricity.profile": ["polycentricity", "multi-centric", "多中心性"],
    "scenarios.ReverseEnclave": ["enclave", "飞地", "反向飞地"],
    "linkages.find_enclaves": ["find enclaves"],
    "build.build_network": ["edge list", "边列表"],
    "io.to_networkx": ["networkx"],
    "plotting.print_style": ["figure style", "font size"],
}
other_words = defaultdict(list)
for name, others in OTHER_WORDS.items():
    other_words[f"netinnov.{name}"] += others
for other, name in ours("names").items():
    other_words[f"netinnov.{name}"].append(other.replace("_", " "))
autosummary_context = {"other_words": other_words}


def file_names(*modules):
    """Files of classes whose names differ from a function in capitals only: some disks do not."""
    names = {}
    for module in modules:
        public = importlib.import_module(module).__all__
        for name in public:
            if name != name.lower() and name.lower() in public:
                names[f"{module}.{name}"] = f"{module}.{name}_class"
    return names


autosummary_filename_map = file_names("netinnov.null_models")
autodoc_typehints = "none"
numpydoc_show_class_members = False
# Prompts and outputs are not copied.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
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
REPOSITORY = "https://github.com/OWNER/netinnov/blob/main/"


def _chinese(_app, name, source):
    """README.zh.md as a page: links to pages lead to them, others to the repository."""
    if name == "chinese":
        text = (Path(__file__).parents[1] / "README.zh.md").read_text("utf-8")
        links = re.compile(r"\]\((?!https?:)(docs/)?")
        source[0] = links.sub(lambda link: "](" + ("" if link[1] else REPOSITORY), text)


def setup(app):
    """Tell Sphinx how formulas are written, and where the Chinese page comes from."""
    app.connect("source-read", _chinese)
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_formula, None))
