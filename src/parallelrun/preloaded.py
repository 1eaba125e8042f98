"""What the fork server imports, once a build."""

import gc
import io

from parallelrun.imports import preload

gc.disable()  # imports leave little behind, and collecting takes a tenth of their time
preload()


def warm_up() -> None:
    """Do once what each run would do first: compile the notebook schema, start a shell, draw axes, read a table."""
    import nbformat
    import pandas as pd

    from parallelrun import engine, figures

    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    pd.read_csv(io.StringIO("day,text\n2026-01-01,a\n"), parse_dates=["day"], dtype={"text": "str"}).sort_values("text")
    figures.canvas()
    engine.make_ready()


warm_up()
gc.enable()
gc.collect()
gc.freeze()  # forked processes then leave these objects' memory shared, since their collector does not touch it
