"""Texts stay texts, whatever is in them."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.pictures.markup import element, escape, text_element


@given(text=st.text())
def test_any_text_can_stand_in_an_element_and_in_an_attribute(text):
    read = ET.fromstring(text_element("a", text, title=text))  # noqa: S314  # we wrote it

    assert len(read) == 0
    assert set(read.attrib) == {"title"}


@pytest.mark.parametrize("text", ["<script>", '" onload="', "a & b", "'", "ünïcödé 🎉"])
def test_a_text_is_read_as_it_was_written(text):
    read = ET.fromstring(text_element("a", text, title=text))  # noqa: S314  # we wrote it

    assert (read.text, read.get("title")) == (text, text)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\uffff"], ids=ascii)
def test_what_xml_can_not_hold_is_replaced(character):
    assert escape(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_numbers_are_short_and_names_are_those_of_html():
    assert element("rect", x=1 / 3, y=2.0, class_="bar", stroke_width=0) == (
        '<rect x="0.3333" y="2" class="bar" stroke-width="0"/>'
    )


def test_an_element_that_html_does_not_know_as_empty_has_an_end():
    assert element("td") == "<td></td>"
