"""One file of HTML that allows nothing from outside: code, style, data and a first view."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML does not allow, and halves of characters that UTF-8 cannot write."""


def page(data: dict[str, Any], *, title: str, first_view: str) -> str:
    """Put the page together from what its code reads, and what is shown without scripts (HTML).

    Labels are data in the page, never markup; the texts of ``first_view`` are escaped.
    """
    code, style = _source("page.js"), _source("page.css")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"script-src '{_hash(code)}'; style-src '{_hash(style)}'"
    )
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    html = (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<div id="app"><main class="first"><h1>{escape(title)}</h1>{first_view}</main></div>\n'
        f'<script type="application/json" id="data">{_inert(text)}</script>\n'
        f"<script>{code}</script>\n</body>\n</html>\n"
    )
    return NOT_IN_HTML.sub("\N{REPLACEMENT CHARACTER}", html)


def _inert(text: str) -> str:
    """JSON in which no text can end the script or begin a comment."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _source(name: str) -> str:
    text = files("netinnov.explorer").joinpath(name).read_text(encoding="utf-8")
    return text.strip()


def _hash(text: str) -> str:
    """The hash by which a policy allows exactly this text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
