"""The bundled fonts have every glyph that is asked of them, and say their licence."""

from fontTools.ttLib import TTFont

from parallelrun.study import fonts, words_zh


def test_every_word_of_the_table_has_its_glyphs():
    have = set()
    for font in fonts.STYLE.glob("*.ttf"):
        have |= set(TTFont(font).getBestCmap())
    words = "".join(words_zh.table().values()) + "来源：模拟。年月日"
    assert {letter for letter in words if ord(letter) not in have} == set()


def test_the_chinese_font_says_its_licence():
    assert "SIL OPEN FONT LICENSE" in (fonts.STYLE / "ParallelrunSC-OFL.txt").read_text()
