"""Results as tables for a manuscript: LaTeX, HTML, Word and Markdown."""

from netinnov._public import publish
from netinnov.manuscript._to_table import to_table as to_table

__dir__ = publish(globals())
