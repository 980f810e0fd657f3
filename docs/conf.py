"""How Sphinx builds these pages.

python -m sphinx -W --keep-going -b html docs docs/_build/html
"""

import os
import re
from pathlib import Path

from benchmarks.bars import as_shown
from sknn_basic import __version__
from sknn_basic.__main__ import main

project = "sknn_basic"
author = "The sknn_basic developers"
project_copyright = author
release = version = __version__

CHANGES = Path(__file__).parents[1] / "CHANGELOG.md"
DATES = re.search(
    rf"^## \[{re.escape(release)}\] - (\S+)$", CHANGES.read_text("utf-8"), re.MULTILINE
)
html_context = {"released": DATES[1] if DATES else "not released"}

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/GALLERY_HEADER.rst", "api/backreferences/**"]
templates_path = ["_templates"]
default_role = "py:obj"
highlight_language = "none"
pygments_style = "default"

# Links to the documentation of NumPy, SciPy and scikit-learn need the network: only on demand.
if os.environ.get("SKNN_BASIC_DOCS_INTERSPHINX"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "scipy": ("https://docs.scipy.org/doc/scipy", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }

# --- docstrings ----------------------------------------------------------------------

autosummary_generate = True
autosummary_generate_overwrite = True
autodoc_default_options = {"member-order": "bysource"}
autodoc_typehints = "none"  # the docstrings say it in words, with shapes
numpydoc_show_class_members = False  # the template lists them
numpydoc_class_members_toctree = False
suppress_warnings = ["ref.term"]  # inherited docstrings speak of scikit-learn's glossary
toc_object_entries_show_parents = "hide"

# --- pages in Markdown ---------------------------------------------------------------

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

# --- examples ------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": ["../examples"],
    "gallery_dirs": ["auto_examples"],
    "filename_pattern": r"[\\/]plot_",
    "within_subsection_order": "FileNameSortKey",
    "backreferences_dir": "api/backreferences",
    "doc_module": ("sknn_basic",),
    "reference_url": {"sknn_basic": None},
    "show_memory": False,
    "write_computation_times": False,
    "download_all_examples": False,
    "abort_on_example_error": True,
    "remove_config_comments": True,
}

# --- what it looks like --------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "sknn_basic"
html_static_path = ["_static"]
html_css_files = ["narrow.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "header_links_before_dropdown": 4,
    "navbar_start": ["navbar-logo", "released"],
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
WITHOUT_SIDEBAR = ("index", "changelog", "benchmarks", "lecture", "book", "engine", "about")
html_sidebars = {page: [] for page in WITHOUT_SIDEBAR}

EXAMPLE = re.compile(r"\]\((?:\.\./)+examples/(\w+)\.(?:py|rst)\)")


def link_examples_to_the_gallery(_app, _page, source):
    """Lead links to examples, right where the pages are read as files, to the gallery."""
    linked = EXAMPLE.sub(r"](/auto_examples/\1.rst)", source[0])
    source[0] = linked.replace("/GALLERY_HEADER.rst)", "/index.rst)")


MEASURED = ("benchmarks", "book")


def show_what_was_measured(_app, page, source):
    """Put pictures before the tables of times, and make lists of what was measured where."""
    if page in MEASURED:
        source[0] = as_shown(source[0])


TABLE, TAG = re.compile(r"<table.*?</table>", re.DOTALL), re.compile(r"(<[^>]*>)")
HYPHENS = re.compile(r"[^\s-]+(?:-[^\s-]+)+")
JOINTS = re.compile(r"(?<=[^\s_])([_=(]+|\.(?=[A-Za-z]))(?=[^\s_])")


def keep_words_whole(_app, _page, _template, context, _doctree):
    """In tables: nothing breaks at a hyphen, and long names may break where they are joined."""
    if context.get("body"):
        context["body"] = TABLE.sub(lambda table: with_whole_words(table[0]), context["body"])


def with_whole_words(table):
    """The same table, its text but not its tags marked up."""
    parts = TAG.split(table)
    for k in range(0, len(parts), 2):
        text = HYPHENS.sub(
            r'<span class="whole">\g<0></span>', JOINTS.sub("\\1\u200b", parts[k])
        )
        parts[k] = text.replace("\u200b", "<wbr>")
    return "".join(parts)


def skip_what_others_explain(_app, _what, name, member, skip, _options):
    """Leave out scikit-learn's own methods, and fields that a class's docstring explains."""
    from_scikit_learn = (getattr(member, "__module__", None) or "").startswith("sklearn.")
    request = re.fullmatch(r"set_\w+_request|get_metadata_routing", name)
    field = type(member).__name__ == "_tuplegetter"
    return True if from_scikit_learn or request or field else skip


BACK = (
    '<p><a href="index.html">sknn_basic: the documentation</a> · '
    '<a href="guide/in_class.html">In class: what to try here</a></p>'
)
"""What leads from those pages back to the start page, and to the guide."""


def make_pages(app, failed):
    """Put the two pages that the package makes beside the start page, which links to them."""
    if not failed and app.builder.name == "html":
        main(["page", "--out", str(Path(app.outdir, "digits.html"))])
        main(["page", "--perceptron", "--out", str(Path(app.outdir, "perceptron.html"))])
        for name in ("digits", "perceptron"):
            page = Path(app.outdir, f"{name}.html")
            text = page.read_text(encoding="utf-8")
            page.write_text(text.replace("<body>", f"<body>\n{BACK}", 1), encoding="utf-8")


def setup(app):
    """Let Sphinx ask the functions above."""
    app.connect("source-read", link_examples_to_the_gallery)
    app.connect("source-read", show_what_was_measured)
    app.connect("html-page-context", keep_words_whole)
    app.connect("autodoc-skip-member", skip_what_others_explain)
    app.connect("build-finished", make_pages)
