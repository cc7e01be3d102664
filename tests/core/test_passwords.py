"""Common passwords are known however they are typed; weak ones are refused, good ones kept so that checking is fair."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest

from app.core import passwords
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


# ---- which are accepted, how they are kept ------------------------------------------------------------------

OWN = ("Grace Hopper", "محمد الأمين", "g.hopper")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Enter a password"),
        ("only 14 signs.", "at least 15"),
        ("é" * 14, "at least 15"),
        ("passwordpassword", "first that others would try"),
        ("PasswordPassword", "first that others would try"),
        ("abab" * 8, "first that others would try"),
        ("my captain is grace herself", "without your name"),
        ("HoPpEr jumps over lazy dogs", "without your name"),
        ("مركب محمد في البحر الهادئ", "without your name"),
        ("we all love Taawun together", "name of the portal"),
        ("نحن نحب تعاون الناس جميعا", "name of the portal"),
        ("x1" * 256 + "y", "at most 512"),
    ],
)
def test_quality_2_5_a_weak_password_is_refused_with_a_reason(password, said):
    assert said in str(passwords.fault_of(password, OWN))


@pytest.mark.parametrize(
    "password",
    [
        "gentle harbour with lanterns",
        "ميناء هادئ فيه قناديل",
        "静かな港に灯がともる夜の船と星空",
        "🚢⚓🌊🏮🌙⭐🐟🪝🧭🛶🚤🏝🌅🌠🎏",
        "               five blanks",
        "lower case only and no number",
        "0123456789abc!ABC" * 30,
    ],
)
def test_quality_2_5_any_signs_will_do(password):
    assert passwords.fault_of(password, OWN) is None


def test_quality_2_5_length_is_counted_after_normalising():
    assert "at least 15" in str(passwords.fault_of("e\u0301a\u0301o\u0301i\u0301u\u0301 xyzwv vwx"[:19]))


def test_a_password_is_kept_in_normal_form_and_whole():
    kept = passwords.hash_password("caf\u00e9 au lait pour deux")
    assert passwords.is_right(kept, "cafe\u0301 au lait pour deux")
    assert not passwords.is_right(kept, "caf\u00e9 au lait pour deu")
    longest = "ab cd" * 102 + "xy"
    kept = passwords.hash_password(longest)
    assert passwords.is_right(kept, longest)
    assert not passwords.is_right(kept, longest[:-1])
    assert not passwords.is_right(kept, longest + "z")


def test_it_is_kept_by_argon2id_with_19_mib_and_two_passes():
    assert passwords.hash_password("some long enough words").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_without_a_kept_password_the_answer_is_no_after_the_same_work(monkeypatch):
    checked = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Counting", (), {"verify": lambda self, *args: checked.append(args[0]) or verify(*args)})(),
    )
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: KEPT)
    assert not passwords.is_right(None, "some long enough words")
    assert passwords.is_right(KEPT, "some long enough words")
    assert checked == [KEPT, KEPT]


KEPT = passwords.hash_password("some long enough words")


def test_weaker_parameters_are_outdated():
    assert passwords.is_outdated(argon2.PasswordHasher(1, 8192, 1).hash("x"))
    assert not passwords.is_outdated(KEPT)


def test_no_more_than_two_are_worked_out_at_once(monkeypatch):
    running, most = [], []

    def slow(_self, _text):
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return "kept"

    monkeypatch.setattr(passwords, "_hasher", type("Slow", (), {"hash": slow})())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(passwords.hash_password, ["words"] * 8))
    assert max(most) == 2


def test_strength_is_said_in_words():
    assert [str(passwords.strength_of("a" * n)) for n in (3, 15, 30)] == ["too short", "good", "strong"]
