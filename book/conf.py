"""How Sphinx makes the book from `build/book-source/`, which `book/build.py` assembles."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).parents[1]
SOURCE = Path(os.environ["BOOK_SOURCE"])
"""What `book/build.py` assembled; it sets this variable."""

project = "parallel-run"
author = "The parallel-run developers"
version = release = version_of("parallel-run")
project_copyright = "the parallel-run developers; code MIT, tables, figures and text CC BY 4.0"
language = "en"

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",
]
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the code that computes this"
nb_code_prompt_hide = "Hide it"
myst_enable_extensions = ["dollarmath", "colon_fence", "attrs_block"]
myst_heading_anchors = 4
myst_url_schemes = {"http": None, "https": None, "mailto": None, "here": "{{path}}"}
"""A link such as `here:figures/a.svg` is what the reader's browser gets: a file that lies in the book's folder."""

suppress_warnings = ["myst.header", "misc.highlighting_failure", "ref.python"]
"""Pages begin below a title now and then; Pygments does not know CSV; each theme has a class Parameters."""

html_math_renderer = "mathml"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
add_module_names = False
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "code"
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = "parallel-run"
html_context = {"default_mode": "auto"}
html_favicon = "static/favicon.svg"
html_static_path = ["static"]
html_extra_path = [str(SOURCE / "_extra")]
html_css_files = ["book.css"]
html_js_files = ["book.js", "stories.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
exclude_patterns = ["_extra"]
html_theme_options = {
    "logo": {"text": "parallel-run"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "ledger": [], "sources": [], "gallery/index": []},
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {page: [] for page in ("index", "ledger", "explore", "data", "sources", "methods", "architecture")}


def ours_only(app: object, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Leave out of the API what another library defines, such as a function that is a field's default."""
    home = getattr(member, "__module__", None) or "parallelrun"
    return None if home.partition(".")[0] in ("parallelrun", "builtins") else True


def setup(app: Any) -> None:
    """Tell autodoc what is ours."""
    app.connect("autodoc-skip-member", ours_only)
