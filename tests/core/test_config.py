"""Settings from the environment: what production refuses to start without, and what is made up outside of it."""

import pytest

from app import config

pytestmark = pytest.mark.pure
SAFE = {
    "TAAWUN_ENV": "production",
    "SECRET_KEY": "k3Jx9-unguessable-Q7w2Zt5Lm8Pb4Vn1",
    "BASE_URL": "https://portal.example.org",
}


def test_production_starts_with_what_it_needs(tmp_path):
    settings = config.load(SAFE, tmp_path)
    assert settings.is_production
    assert settings.uses_tls
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"BASE_URL": "portal.example.org"}, "BASE_URL"),
        ({"BASE_URL": "https://portal.example.org/below"}, "BASE_URL"),
        ({"BASE_URL": "javascript://x"}, "BASE_URL"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES"),
        ({"TAAWUN_ENV": "staging"}, "TAAWUN_ENV"),
    ],
)
def test_unsafe_settings_are_refused_by_name(tmp_path, changed, named):
    with pytest.raises(config.Misconfigured, match=named):
        config.load({**SAFE, **changed}, tmp_path)


def test_production_refuses_a_demonstration(tmp_path):
    (tmp_path / "demo-accounts.json").write_text("[]")
    with pytest.raises(config.Misconfigured, match="demonstration"):
        config.load(SAFE, tmp_path)


def test_outside_production_a_secret_is_made_once_and_kept_private(tmp_path):
    first, second = config.load({}, tmp_path), config.load({}, tmp_path)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("portal.local", "http://portal.local:8123"),
    ],
)
def test_links_lead_to_where_the_portal_answers(tmp_path, host, address):
    assert config.load({"HOST": host, "PORT": "8123"}, tmp_path).base_url == address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_addresses_are_taken_as_they_are_usually_written(tmp_path, scheme):
    url = config.load({"DATABASE_URL": f"{scheme}://u:p@db/taawun"}, tmp_path).database_url
    assert url == "postgresql+psycopg://u:p@db/taawun"
