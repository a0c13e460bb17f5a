"""The words of a report: every template, in both languages, with facts drawn at random."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st

from netinnov.study import sections
from netinnov.study._facts import Layer, Name, Place, Term
from netinnov.study._language import plain, words
from study_cases import check_languages, context_at, few_draws, sentences

pytestmark = pytest.mark.slow  # all sections of the bundled case

NAMES = {Place: "P", Layer: "layer", Name: "kind"}
INTEGERS = [0, 1, 2, 3, 5, 12, 41, 1234]
NUMBERS = [float("nan"), 0.0, 1.0, 0.5, 0.078, -0.078, 1e-5, 0.997, 9.73, -12.3, 2345.6]

PANEL = ["quzhou", "jinhua", "jiaxing", "lishui", "shanghai", "nanjing", "hefei", "suzhou_js"]


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    few = {"resamples": 5, "replicates": 5}
    parts = {part: {} for part in ("siting", "plan", "space", "sharing", "governance")}
    folder = tmp_path_factory.mktemp("panel")
    rows = [(f"{place},{year},{at * (year - 2010) ** 2}")
            for at, place in enumerate(PANEL) for year in range(2010, 2022)]  # fmt: skip
    (folder / "panel.csv").write_text("\n".join(["place,period,patents", *rows]))
    opened = "place,opened,direction\nquzhou,2015,reverse\njinhua,2017,forward\n"
    (folder / "openings.csv").write_text(opened)
    named = {name: str(folder / f"{name}.csv") for name in ("panel", "openings")}
    options = {"outcome": "patents", "by": "direction", "permutations": 9, "clean": 0.2}
    parts["evaluation"] = named | options
    parts["experiment"] = {"home": "quzhou", "host": "hangzhou", "size": 4, "replicates": 5}
    parts["places"] = {
        "level": 1,
        "keep": {"province": ["Zhejiang", "Shanghai", "Jiangsu", "Anhui"]},
    }
    context = context_at(data={"source": "yrd"}, structure=few, **parts)
    links = context.network.links  # four periods, each with all links
    links = pd.concat([links.assign(period=year) for year in range(2020, 2024)])
    context.loaded = context.loaded._replace(network=context.network.replace_links(links))
    results = {}
    with few_draws():
        for section in sections.SECTIONS:
            result = context.once(section.compute)
            assert result is not None, section.name
            results[section.name] = (section, result)
    return {code: context.in_language(code) for code in ("en", "zh")}, results


def said(context, code, section, facts):
    language = context[code].language
    return language.text(language.template(section), facts)


FORBIDDEN = {
    "en": [
        (r"\bnan\b|\bNone\b|\bTrue\b|\bFalse\b|\{|\}", "a value that was not written"),
        (r"\(\s*\)|“”|\[\]", "empty brackets"),
        (r" [,.;:)]|\( |,,|\.\.(?!\.)| {2}", "a gap before a mark"),
        (
            r"(?<![\d.,])1 (?!of\b|less\b|across\b|this\b|is\b|plus\b|perhaps\b)[a-z]+s\b",
            "one with a plural",
        ),
        (
            r"\b(?:0|[2-9]|1\d+) (?:place|city|node|link|layer|park|pair|rule|centre|community) ",
            "many with a singular",
        ),
    ],
    "zh": [
        (r"just (?:below|above)|less than|more than|not (?:defined|known)", "English"),
        (r"\bnan\b|\bNone\b|\bTrue\b|\bFalse\b|\{|\}", "a value that was not written"),
        (r"（\s*）|\(\s*\)|“”", "empty brackets"),
        (r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", "a half-width mark"),
        (r"，，|。。|，。|、。|、，| {2}", "two marks"),
    ],
}


def check(text, code, section):
    for sentence in sentences(text):
        for pattern, fault in FORBIDDEN[code]:
            found = re.search(pattern, sentence)
            assert not found, f"{section}, {code}: {fault} ({found[0]!r}) in: {sentence}"
    marks = ".?!:" if code == "en" else "。？！："
    for sentence in [plain(each) for each in (text.question, text.answer, *text.notes)]:
        assert sentence, f"{section}, {code}: an empty sentence"
        assert sentence[-1] in marks, f"{section}, {code}: no end: {sentence}"
    assert text.question.endswith("?" if code == "en" else "？")
    ends = re.findall(r"[.?!](?= [A-Z]|$)" if code == "en" else r"[。？！]", plain(text.answer))
    assert 1 <= len(ends) <= 2, f"{section}, {code}: an answer of {len(ends)} sentences"


def test_every_section_says_the_same_numbers_in_both_languages(computed):
    context, results = computed
    for name, (section, result) in results.items():
        facts = section.facts(result)
        for value in facts.values():
            each = value if isinstance(value, list) else [value]
            assert all(isinstance(x, (str, int, float, bool, np.bool_, type(None))) for x in each)
        texts = {code: said(context, code, name, facts) for code in ("en", "zh")}
        for code, text in texts.items():
            check(text, code, name)
        for part in ("labels", "figures", "tables"):
            assert set(getattr(texts["en"], part)) == set(getattr(texts["zh"], part)), name
        check_languages(texts.values())


def test_every_figure_table_and_number_of_a_section_has_its_words(computed):
    context, results = computed
    names = [table.name for section, result in results.values() for table in section.tables(result)]
    assert len(set(names)) == len(names)
    for name, (section, result) in results.items():
        facts = section.facts(result)
        text = said(context, "en", name, facts)
        shown = {table.name for table in section.tables(result) if table.on_page}
        figures = {figure.name for figure in section.key_figures(result, facts)}
        assert len(shown) <= 2
        assert len(figures) <= 6
        assert (figures - {*text.labels}, shown - {*text.tables}) == (set(), set())
        assert {picture.name for picture in section.draw(result)} <= {*text.figures}


def drawn(draw, value):
    if isinstance(value, (bool, np.bool_)):
        return draw(st.booleans())
    if isinstance(value, (int, np.integer)):
        return draw(st.sampled_from(INTEGERS))
    if isinstance(value, (float, np.floating)):
        return draw(st.sampled_from(NUMBERS))
    if isinstance(value, list):
        kind = type(value[0]) if value else Name
        n = draw(st.sampled_from([0, 1, 2, 3, 7]))
        if kind in NAMES:
            return [kind(NAMES[kind] + chr(97 + k)) for k in range(n)]
        return [drawn(draw, value[0]) for _ in range(n)] if value else []
    return value  # a name, a term, or what is not known


@pytest.mark.parametrize("section", [section.name for section in sections.SECTIONS])
def test_every_template_writes_what_may_be(computed, section):
    context, results = computed
    of_section, result = results[section]
    known = dict(of_section.facts(result))

    @settings(max_examples=4 * settings().max_examples, phases=[Phase.generate])
    @given(data=st.data())
    def holds(data):
        facts = {key: drawn(data.draw, value) for key, value in known.items()}
        parts = [key for key in facts if key.startswith("has_")]
        if parts and not any(facts[key] for key in parts):
            facts[parts[-1]] = True  # a section without any part is not made
        texts = {code: said(context, code, section, facts) for code in ("en", "zh")}
        for code, text in texts.items():
            check(text, code, section)
        check_languages(texts.values())

    holds()


def test_words_are_told_in_chinese_wherever_a_page_uses_them(computed):
    """Columns of the tables on the page, and words of netinnov among facts, have a translation."""
    context, results = computed
    known = words("zh", "terms")
    missing = set()
    for section, result in results.values():
        values = [each for value in section.facts(result).values()
                  for each in (value if isinstance(value, list) else [value])]  # fmt: skip
        missing |= {str(value) for value in values if isinstance(value, Term)} - set(known)
        for table in section.tables(result):
            if table.on_page:
                frame = table.frame if table.view is None else table.view
                frame = frame.reset_index() if frame.index.name else frame
                missing |= (
                    {str(c) for c in frame.columns[:9]}
                    - set(known)
                    - set(context["en"].cities.layers)
                )
    assert not missing, sorted(missing)
