"""What the fork server imports, once a build."""

from parallelrun.imports import preload

preload()
