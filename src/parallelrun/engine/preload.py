"""What the fork server imports, once a build, so that forked processes start with it."""

import contextlib
import gc
import importlib
import io
import os
import pkgutil

gc.disable()  # imports leave little behind, and collecting takes a tenth of their time

import mpmath  # noqa: E402, F401
import nbformat  # noqa: E402
import pandas as pd  # noqa: E402
import papermill  # noqa: E402, F401
from PIL import Image  # noqa: E402

from parallelrun import themes  # noqa: E402
from parallelrun.engine import kernel, pool  # noqa: E402
from parallelrun.study import canvas, figures, study, units  # noqa: E402, F401


def warm_up(stems: list[str]) -> None:
    """Do once what each run would do first: import themes, compile the notebook schema, draw axes, write them, read."""
    canvas.use_house_style()
    for theme in pkgutil.iter_modules(themes.__path__, f"{themes.__name__}."):
        if theme.name.rpartition(".")[2] in stems:
            importlib.import_module("scipy.optimize")  # used by most figures' labels
            with contextlib.suppress(Exception):  # a theme that cannot be imported fails in its own notebook
                for module in pkgutil.walk_packages(importlib.import_module(theme.name).__path__, f"{theme.name}."):
                    importlib.import_module(module.name)
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    few = pd.read_csv(io.StringIO("day,text,n\n2026-01-01,a,1\n"), parse_dates=["day"], dtype={"text": "str"})
    few.merge(few, on="day").sort_values("text_x").pivot_table(index="day", columns="text_y", values="n_x")
    few.to_html()
    few.to_string()
    blank, _ = canvas.canvas()
    for kind in ("svg", "pdf"):
        blank.savefig(io.BytesIO(), format=kind)
    figures.preview(Image.new("RGB", (2, 2)))
    units.registry()
    kernel.make_ready()


warm_up(os.environ.pop(pool.PRELOADED_STEMS, "").split())
gc.set_threshold(20_000, 10, 10)  # a run is short; looking through what it makes every 700 objects takes a sixth of one
gc.enable()
gc.freeze()  # forked processes then leave these objects' memory shared, since their collector does not touch it
