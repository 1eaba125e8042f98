"""Labels in Chinese: from the table, with their numbers; what it does not have stays."""

from parallelrun.study import words_zh


def test_numbers_stay_where_they_stood():
    assert words_zh.chinese("inside the 95 % interval, %") == "落在 95 % 区间内（%）"
    assert words_zh.chinese("score,\npoints") == "得分（分）"
    assert words_zh.chinese("Source: X. parallel-run 0.1.0.") == "来源：X. parallel-run 0.1.0."
    assert words_zh.chinese("gpt-5.4 (high)") == "gpt-5.4 (high)"


def test_the_table_keeps_all_numbers_of_a_label():
    for english, chinese in words_zh.table().items():
        if not english.startswith(words_zh.SUBJECT):
            assert english.count("#") == chinese.count("#") or "年" in chinese, english


def test_every_figure_has_a_chinese_subject(root):
    from parallelrun.study import catalogue

    names = {figure["name"] for entry in catalogue.read(root / "figures").values() for figure in entry["figures"]}
    subjects = {key.removeprefix(words_zh.SUBJECT) for key in words_zh.table() if key.startswith(words_zh.SUBJECT)}
    assert names <= subjects
