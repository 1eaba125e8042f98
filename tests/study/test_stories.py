import json

import pytest

from parallelrun import project
from parallelrun.errors import InputError, ParameterError
from parallelrun.study import results, stories

ALL = [story for stem in project.stems() for story in stories.of(stem)]


@pytest.fixture(scope="module")
def told():
    return {story.name: stories.computed(story) for story in ALL}


def each(function):
    return pytest.mark.parametrize("story", ALL, ids=lambda story: story.name)(function)


@each
def test_a_story_says_what_its_notebook_recorded(story, root):
    """The page's sliders and the notebook are one model: at the defaults they give the same number."""
    recorded = {one["name"]: one for one in results.of_run(root / "figures" / story.stem)["results"]}
    first = next(iter(story.computer()(**story.at).values()))
    for end in ("value", "low", "high"):
        assert getattr(first, end) == pytest.approx(recorded[story.result][end], rel=1e-9)


@each
def test_a_story_has_a_point_for_each_combination_and_its_default_is_among_them(story, told):
    found = told[story.name]
    sizes = [len(axis["values"]) for axis in found["axes"]]
    count = 1
    for size in sizes:
        count *= size
    assert len(found["points"]) == count
    for axis in found["axes"]:
        default = story.model().model_fields[axis["name"]].default
        assert axis["values"][axis["default"]] == default
    first = found["axes"][0]["values"]
    assert first == sorted(first)


@each
def test_the_parameter_changes_the_story(story, told):
    assert len({json.dumps(point[0]) for point in told[story.name]["points"]}) > 5


@each
def test_a_value_lies_in_its_interval(story, told):
    for point in told[story.name]["points"]:
        for ends in filter(None, point):
            value, low, high = ends
            assert low <= value <= high


def test_a_value_out_of_range_or_an_unknown_name_is_refused():
    story = stories.find("token_economics")
    with pytest.raises(ParameterError, match="from 0 to 100"):
        story.computer()(unclassified_us_share=101.0)
    with pytest.raises(InputError, match="unclassified_tokens"):
        stories.find("token_economics", "unclassified_token")
    with pytest.raises(InputError, match="has no stories"):
        stories.find("claims_audit")
