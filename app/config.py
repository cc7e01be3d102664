"""Settings, from the environment alone. Production refuses to start without what it needs to be safe."""

import importlib.util
import os
import pathlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

ENVIRONMENTS = ("development", "production", "testing")
SHORTEST_SECRET = 32


class Misconfigured(RuntimeError):
    """The portal cannot start with these settings; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked. See the table in the README."""

    environment: str
    secret_key: str
    database_url: str
    base_url: str
    instance: pathlib.Path
    smtp_url: str | None
    mail_from: str
    trusted_proxies: int
    contact: str
    files_s3: dict[str, str] | None

    @property
    def is_production(self) -> bool:
        """Whether real people use it."""
        return self.environment == "production"

    @property
    def uses_tls(self) -> bool:
        """Whether the portal is reached by https."""
        return self.base_url.startswith("https://")


def _secret(env: Mapping[str, str], environment: str, instance: pathlib.Path) -> str:
    given = env.get("SECRET_KEY", "")
    if environment == "production":
        if len(given) < SHORTEST_SECRET or len(set(given)) < 10:
            raise Misconfigured(
                f"SECRET_KEY must be set to at least {SHORTEST_SECRET} unguessable characters"
            )
        return given
    if given:
        return given
    kept = instance / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text()


def _base_url(env: Mapping[str, str], environment: str) -> str:
    given = env.get("BASE_URL", "")
    if not given:
        if environment == "production":
            raise Misconfigured(
                "BASE_URL must be set, such as https://portal.example.org: links in mails start with it"
            )
        host = env.get("HOST") or "127.0.0.1"
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # nosec B104 - read here, not bound
        given = f"http://{f'[{host}]' if ':' in host else host}:{env.get('PORT') or '8000'}"
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise Misconfigured("BASE_URL must be scheme and host only, such as https://portal.example.org")
    return given.rstrip("/")


def _files_s3(env: Mapping[str, str]) -> dict[str, str] | None:
    """Where files are kept, when not in `instance/files`: bucket, endpoint, region, key, secret as far as given."""
    names = ("bucket", "endpoint", "region", "key", "secret")
    given = {name: value for name in names if (value := env.get(f"FILES_S3_{name.upper()}"))}
    if not given:
        return None
    if "bucket" not in given:
        raise Misconfigured("FILES_S3_BUCKET must name the bucket when other FILES_S3_ settings are given")
    if ("key" in given) != ("secret" in given):
        raise Misconfigured("FILES_S3_KEY and FILES_S3_SECRET belong together: set both or neither")
    if importlib.util.find_spec("boto3") is None:
        raise Misconfigured(
            "FILES_S3_BUCKET is set but boto3 is missing: "
            ".venv/bin/python -m pip install --require-hashes -r requirements-s3.txt"
        )
    return given


def load(env: Mapping[str, str] | None = None, instance: pathlib.Path | None = None) -> Settings:
    """Read and check the settings. Raises Misconfigured with a sentence for whoever starts the portal."""
    env = os.environ if env is None else env
    environment = env.get("TAAWUN_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise Misconfigured(f"TAAWUN_ENV must be one of {', '.join(ENVIRONMENTS)}")
    folder = instance or pathlib.Path(
        env.get("INSTANCE") or pathlib.Path(__file__).parent.parent / "instance"
    )
    folder.mkdir(parents=True, exist_ok=True)
    proxies = env.get("TRUSTED_PROXIES", "0")
    if not proxies.isdigit():
        raise Misconfigured("TRUSTED_PROXIES must be the number of proxies in front of the portal")
    url = env.get("DATABASE_URL") or f"sqlite:///{folder / 'taawun.sqlite'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    if environment == "production" and (folder / "demo-accounts.json").exists():
        raise Misconfigured(
            "this is a demonstration (instance/demo-accounts.json exists): its passwords are known to everybody. "
            "Start with an empty instance folder and database"
        )
    return Settings(
        environment=environment,
        secret_key=_secret(env, environment, folder),
        database_url=url,
        base_url=_base_url(env, environment),
        instance=folder,
        smtp_url=env.get("SMTP_URL") or None,
        mail_from=env.get("MAIL_FROM") or "Taawun <no-reply@taawun.example>",
        trusted_proxies=int(proxies),
        contact=env.get("CONTACT_EMAIL") or "contact@taawun.example",
        files_s3=_files_s3(env),
    )
