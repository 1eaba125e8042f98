"""What the fork server imports, once a build."""

import gc

from parallelrun.imports import preload

preload()

from parallelrun import engine  # noqa: E402

engine.make_ready()
gc.collect()
gc.freeze()  # forked processes then leave these objects' memory shared, since their collector does not touch it
