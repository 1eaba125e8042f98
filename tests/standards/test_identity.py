"""What the collection says of itself is said once."""

from importlib.metadata import version

from parallelrun.standards import identity


def test_it_is_what_the_files_say(root):
    it = identity.identity()
    assert (it.name, it.version) == ("parallel-run", version("parallel-run"))
    assert it.licences == ["MIT", "CC-BY-4.0"]
    assert set(it.licences) == set(identity.LICENCES)
    assert any(one.startswith("papermill") for one in it.dependencies)
    assert set(identity.notebooks()) == {path.stem for path in (root / "notebooks").glob("*.ipynb")}


def test_json_keeps_letters_and_order():
    assert identity.as_json({"b": "×", "a": 1}) == '{\n "b": "×",\n "a": 1\n}\n'
