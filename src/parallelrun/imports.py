"""Imports that cost much and bring nothing here, kept out; imports that every run needs, done once.

Import this module before anything that imports nbformat.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
"""jsonschema compiles this grammar of internationalised addresses (2 s) on import, for a format no notebook has."""


LATE = ("evalica", "SALib.analyze.sobol", "SALib.sample.sobol", "statsmodels.tsa.statespace.structural")
"""What single notebooks import where they use it; sweeps load it once."""


def preload() -> None:
    """Import what notebooks and their runs use, so that forked processes start with it."""
    import mpmath  # noqa: F401
    import papermill  # noqa: F401

    from parallelrun import engine, figures, study, themes  # noqa: F401

    figures.use_house_style()
    for module in pkgutil.iter_modules(themes.__path__):
        with contextlib.suppress(Exception):  # a theme that cannot be imported fails in its own notebook
            importlib.import_module(f"parallelrun.themes.{module.name}")
