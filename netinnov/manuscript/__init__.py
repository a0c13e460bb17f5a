"""Results as tables for a manuscript: LaTeX, HTML, Word and Markdown."""

from netinnov._public import public_names
from netinnov.manuscript._to_table import to_table as to_table

__dir__ = public_names(globals())
