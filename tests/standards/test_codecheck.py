"""CODECHECK's manifest lists what is there."""

import yaml

from parallelrun.standards import codecheck


def test_every_figure_and_every_file_of_numbers_is_listed_and_there(root):
    said = yaml.safe_load(codecheck.render())
    listed = [one["file"] for one in said["manifest"]]
    assert len(listed) == len(set(listed))
    there = [path for kind in ("svg", "json") for path in (root / "figures").glob(f"*/*.{kind}")]
    assert set(listed) == {path.relative_to(root).as_posix() for path in there}
    assert said["paper"]["authors"] == [{"name": "The parallel-run developers"}]
