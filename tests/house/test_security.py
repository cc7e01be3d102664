"""docs/security.md says what is so."""

import pytest

from tests.house import security

pytestmark = pytest.mark.pure


def test_every_promise_has_its_tests():
    assert security.missing() == []


def test_the_document_is_as_written():
    assert security.FILE.read_text() == security.write(), "python -m tests.house.security writes it anew"
