"""Where sweeps write: any URL that fsspec knows."""

import pytest

from parallelrun.errors import InputError
from parallelrun.sweeps.store import at


def test_stores_write_to_any_url():
    store = at("memory://a/b")
    store.write("c/d.json", b"1")
    assert store.read("c/d.json") == b"1"
    assert store.names("c") == ["d.json"]
    assert store.read("nope") is None
    store.remove()
    assert store.names() == []
    with pytest.raises(InputError, match="--out nope://x"):
        at("nope://x")
    assert str(at("file:///some/where").local) == "/some/where"
