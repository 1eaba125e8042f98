"""What the fork server imports, once a build."""

import gc

from parallelrun.imports import preload

preload()
gc.collect()
gc.freeze()  # forked processes then leave these objects' memory shared, since their collector does not touch it
