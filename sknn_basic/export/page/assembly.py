"""One HTML file from parts: text stays text, and nothing can be fetched.

What differs from page to page goes in as JSON, in which no character ends a script. The
content security policy allows the page's own style and script, each by its hash, and nothing
else: no other script, no request.
"""

import base64
import hashlib
import html
import json
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from sknn_basic._files import write_at_once

ASSETS = files("sknn_basic.export.page") / "assets"

AS_JSON = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "<>&"})
"""Written otherwise in JSON, so that no text is taken for a tag."""


def page_of(name: str, scripts: Sequence[str], title: str, data: Any) -> str:
    """The text of a page.

    Parameters
    ----------
    name : str
        Of its body and style in ``assets``.
    scripts : sequence of str
        Names of the JavaScript files, in the order in which they run.
    title : str
    data : dict, list, str, number, bool or None
        What the scripts find as ``data``.

    Raises
    ------
    TypeError
        If `title` is no text.
    """
    if not isinstance(title, str):
        raise TypeError(f"title must be text, got {title!r}.")
    style = _assets("base.css", f"{name}.css")
    script = _assets(*(f"{part}.js" for part in scripts))
    return Template(_assets("frame.html")).substitute(
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        title=html.escape(title),
        style=style,
        body=_assets(f"{name}.html"),
        data=json.dumps(data, allow_nan=False).translate(AS_JSON),
        script=script,
    )


def written(path: str | os.PathLike[str], page: str) -> Path:
    """Put a page into a file, all at once, and give its path.

    Raises
    ------
    OSError
        If the file cannot be written. A file that was there then stays as it was.
    """
    write_at_once(path, page.encode("utf-8", "replace"))
    return Path(path)


def _assets(*names: str) -> str:
    """The text of these files, one after the other."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    """What the policy calls this text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
