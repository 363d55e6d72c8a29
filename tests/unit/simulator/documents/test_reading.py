"""Plain data is read as a document, or everything that is wrong with it is told."""

import pytest

from simulator.documents.reading import InvalidDocument, read_document
from simulator.documents.rules import FaultDocument


def test_of_very_many_problems_the_first_are_told():
    with pytest.raises(InvalidDocument) as caught:
        read_document(FaultDocument, {f"k{number}": 1 for number in range(5_000)})

    lines = str(caught.value).splitlines()
    assert len(lines) == 1_001
    assert lines[-1].endswith(": more than 1000 problems; from here on they are not told")
