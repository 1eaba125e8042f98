"""YAML files of settings: what they hold, as it was written, and where."""

import pytest

from parallelrun.errors import InputError
from parallelrun.runs import settings

TEXT = 'a: 1\nb: [x, "2"]\nc:\n  d: NO\n  e: 2026-04-01\nf: &mark 1e5\ng: *mark\nh:\ni: !!float 1\n'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "s.yml").write_text(TEXT)
    return settings.read(tmp_path / "s.yml")


def test_values_are_kept_as_they_are_written_with_their_place(root):
    found = root.mapping
    assert [found["c"].mapping[name].written.text for name in "de"] == ["NO", "2026-04-01"]
    assert found["c"].mapping["e"].where.endswith("s.yml, line 5, column 3")
    assert [(item.written.text, item.written.quoted) for item in found["b"].items] == [("x", False), ("2", True)]
    assert found["b"].items[1].where.endswith("line 2, column 8")
    assert (found["f"].written.text, found["g"].written.text, found["i"].written.text) == ("1e5", "1e5", "1")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda found: found["a"].mapping, "line 1, column 1: expected `name: value` lines, found '1'"),
        (lambda found: found["b"].written, "expected a number, a text, or true or false, found a list"),
        (lambda found: found["h"].written, "found nothing"),
        (lambda found: found["a"].whole(2), "expected a whole number from 2 up, got '1'"),
        (lambda found: found["f"].whole(0), "got '1e5'"),
        (lambda found: found["c"].only("d"), "line 5, column 3: found 'e', expected d"),
        (lambda found: found["c"].only("d", "e", "z"), "line 3, column 1: 'z' is missing; expected d, e, z"),
    ],
)
def test_what_is_not_there_is_named_with_its_place(root, ask, message):
    with pytest.raises(InputError) as caught:
        ask(root.mapping)
    assert message in str(caught.value)
    assert root.mapping["c"].only("d", optional=("e", "z"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff", "found the byte 0xff"),
        (b"a: [1", "line 1, column 6: not valid YAML"),
        (b"a: *b", "alias"),
    ],
)
def test_what_is_no_yaml_is_refused(tmp_path, content, message):
    (tmp_path / "s.yml").write_bytes(content)
    with pytest.raises(InputError, match=message):
        settings.read(tmp_path / "s.yml")
    with pytest.raises(InputError, match="cannot be read"):
        settings.read(tmp_path / "none.yml")
