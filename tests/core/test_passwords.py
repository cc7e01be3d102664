"""Common passwords are known however they are typed; others are not."""

import gzip
import time

import pytest

from app.core.passwords import is_common_password
from app.core.vocab.terms import DATA

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "text",
    ["password", "Password", "PASSWORD1", " 12345678 ", "qwertyuiop", "passwordpassword", "123456789qwerty"],
)
def test_a_common_password_is_known(text):
    assert is_common_password(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "password\n12345678", "ntle-harb", "gentle-harbour-42-lanterns", "ميناء هادئ فيه قناديل"],
)
def test_another_is_not(text):
    assert not is_common_password(text)


def test_the_list_is_long_lower_cased_and_sorted():
    words = gzip.decompress((DATA / "common-passwords.txt.gz").read_bytes()).decode().splitlines()
    assert sum(len(word) >= 8 for word in words) >= 100_000
    assert words == sorted(set(words))
    assert all(word == word.strip().lower() != "" for word in words)
    assert is_common_password(words[0])
    assert is_common_password(words[-1])


def test_a_question_takes_a_few_milliseconds():
    is_common_password("warm up")
    start = time.perf_counter()
    for number in range(20):
        is_common_password(f"not-on-the-list-{number}")
    assert (time.perf_counter() - start) / 20 < 0.02
