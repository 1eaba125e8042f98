"""The bundled fonts have every glyph that is asked of them, and say their licence."""

import io

from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from parallelrun.study import fonts, words_zh


def test_every_word_of_the_table_has_its_glyphs():
    have = set()
    for font in fonts.STYLE.glob("*.ttf"):
        have |= set(TTFont(font).getBestCmap())
    words = "".join(words_zh.table().values()) + "来源：模拟。年月日"
    assert {letter for letter in words if ord(letter) not in have} == set()


def test_the_chinese_font_says_its_licence():
    assert "SIL OPEN FONT LICENSE" in (fonts.STYLE / "ParallelrunSC-OFL.txt").read_text()


class Counting(io.FileIO):
    """A file that counts how often the system is asked for its bytes."""

    reads = 0

    def readinto(self, buffer):
        Counting.reads += 1
        return super().readinto(buffer)


def reads(monkeypatch, hold):
    """Return how often the fonts' files are read for twenty texts."""
    fonts.use_house_style()
    monkeypatch.setattr(Counting, "reads", 0)
    font_manager._get_font.cache_clear()
    hold()
    for _ in range(20):
        TextPath((0, 0), "Each glyph of each text is read from the file", prop=FontProperties(family="Inter"))
    font_manager._get_font.cache_clear()
    return Counting.reads


def test_a_held_font_is_read_from_its_file_once(monkeypatch):
    """Were fonts not opened by `io.open` any more, nothing would be counted, and `hold` would be of no use."""
    monkeypatch.setattr(io, "open", lambda file, mode, size=-1: io.BufferedReader(Counting(file), max(size, 4096)))
    held, plain = reads(monkeypatch, fonts.hold), reads(monkeypatch, lambda: None)
    assert 0 < held < 30
    assert plain > 10 * held
