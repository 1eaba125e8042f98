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


def test_what_a_kill_left_half_written_is_not_seen_and_is_replaced(tmp_path):
    store = at(str(tmp_path))
    (tmp_path / ".partial-begun.json").write_text('{"ha')
    assert store.names() == []
    store.write("begun.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["begun.json"]
