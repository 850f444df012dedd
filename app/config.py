"""Settings: the environment, read once into one frozen object.

Owns every name an operator can set. Promises that the app either starts with complete, typed
settings or stops with one plain line. Does not know Flask.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
REPOSITORY = Path(__file__).resolve().parent.parent


class ConfigError(SystemExit):
    """A setting is missing or wrong; the message is the one line the operator sees."""

    def __init__(self, message: str) -> None:
        super().__init__(f"trygga steg: {message}")


@dataclass(frozen=True)
class SignOnSettings:
    """The organisation's log-in service (OpenID Connect): who it is, and how far it is believed."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    hosts: frozenset[str]
    email_claim: str
    trust_email: bool
    is_strong: bool
    domains: frozenset[str]
    organisation: str


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. Paths are absolute; URLs have no trailing slash."""

    data_dir: Path
    secret_key: str
    previous_keys: tuple[str, ...]
    database_url: str
    public_url: str
    host: str
    port: int
    allowed_hosts: frozenset[str]
    proxy_count: int
    photo_store: str
    redis_url: str | None
    web_workers: int
    web_threads: int
    photo_worker: bool
    faces: bool
    default_language: str
    pseudo_locale: bool
    log_level: str
    debug: bool
    attempts_per_address: int
    attempts_in_all: int
    pins_per_device: int
    pins_per_walk: int
    photos_per_device: int
    photo_mb_per_device: int
    backup_to: str
    backup_every_hours: int
    backup_keep: int
    sign_on: SignOnSettings | None
    tls_cert: str | None
    tls_key: str | None

    @property
    def public_host(self) -> str:
        """Host and port residents see in the address bar."""
        return urlsplit(self.public_url).netloc

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `env`.

    Raises ConfigError (the process ends with one line) for anything missing or malformed.
    """
    data_dir = _data_dir(env)
    database_url = _database_url(env, data_dir)
    port = _integer(env, "PORT", 8000, 1, 65535)
    host = env.get("HOST") or "127.0.0.1"
    public_url = _public_url(env, port)
    return Settings(
        data_dir=data_dir,
        secret_key=_secret_key(env, data_dir, database_url),
        previous_keys=_previous_keys(env),
        database_url=database_url,
        public_url=public_url,
        host=host,
        port=port,
        allowed_hosts=_allowed_hosts(env, public_url),
        proxy_count=_integer(env, "PROXY_COUNT", 0, 0, 5),
        photo_store=_photo_store(env),
        redis_url=env.get("REDIS_URL") or None,
        web_workers=_integer(env, "WEB_WORKERS", 2, 1, 64),
        web_threads=_integer(env, "WEB_THREADS", 4, 1, 64),
        photo_worker=_switch(env, "PHOTO_WORKER", True),
        faces=_switch(env, "FACES", True),
        default_language=env.get("DEFAULT_LANGUAGE") or "sv",
        pseudo_locale=_switch(env, "PSEUDO_LOCALE", False),
        log_level=_log_level(env),
        debug=_switch(env, "DEBUG", False),
        attempts_per_address=_integer(env, "ATTEMPTS_PER_ADDRESS", 10, 1, 10_000),
        attempts_in_all=_integer(env, "ATTEMPTS_IN_ALL", 60, 1, 100_000),
        pins_per_device=_integer(env, "PINS_PER_DEVICE", 60, 1, 1_000_000),
        pins_per_walk=_integer(env, "PINS_PER_WALK", 2000, 1, 10_000_000),
        photos_per_device=_integer(env, "PHOTOS_PER_DEVICE", 120, 1, 1_000_000),
        photo_mb_per_device=_integer(env, "PHOTO_MB_PER_DEVICE", 60, 1, 1_000_000),
        backup_to=env.get("BACKUP_TO") or str(data_dir / "backups"),
        backup_every_hours=_integer(env, "BACKUP_EVERY_HOURS", 0, 0, 8760),
        backup_keep=_integer(env, "BACKUP_KEEP", 14, 1, 10_000),
        sign_on=_sign_on(env),
        tls_cert=env.get("TLS_CERT") or None,
        tls_key=env.get("TLS_KEY") or None,
    )


def _data_dir(env: Mapping[str, str]) -> Path:
    path = Path(env.get("DATA_DIR") or REPOSITORY / "instance").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigError(f"DATA_DIR {path} cannot be written: {error.strerror}") from error
    return path


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'trygga-steg.db'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise ConfigError("DATABASE_URL must begin with sqlite: or postgresql:")
    return url


def _photo_store(env: Mapping[str, str]) -> str:
    setting = env.get("PHOTO_STORE") or "local"
    parts = urlsplit(setting)
    if setting != "local" and not (parts.scheme == "s3" and parts.netloc):
        raise ConfigError("PHOTO_STORE must be local or s3://bucket/prefix")
    return setting


def _secret_key(env: Mapping[str, str], data_dir: Path, database_url: str) -> str:
    """SECRET_KEY, SECRET_KEY_FILE, or a key made once for a single machine with SQLite."""
    key = _secret_of(env.get("SECRET_KEY", ""), "SECRET_KEY_FILE", env.get("SECRET_KEY_FILE"))
    if not key and database_url.startswith("sqlite"):
        key = _own_key(data_dir / "secret.key")
    if len(key) < 32:
        raise ConfigError("SECRET_KEY is missing or shorter than 32 characters")
    return key


def _sign_on(env: Mapping[str, str]) -> SignOnSettings | None:
    """The log-in service, if the environment names one; half a description stops the start."""
    issuer, client_id = env.get("OIDC_ISSUER", ""), env.get("OIDC_CLIENT_ID", "")
    if not issuer and not client_id:
        return None
    parts = urlsplit(issuer)
    is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if not parts.netloc or not (parts.scheme == "https" or is_here) or not client_id:
        raise ConfigError("OIDC_ISSUER must be an https address, with OIDC_CLIENT_ID beside it")
    domains = _names(env.get("OIDC_OBSERVER_DOMAINS", ""))
    organisation = env.get("OIDC_OBSERVER_ORGANISATION", "")
    if bool(domains) != bool(organisation):
        raise ConfigError("OIDC_OBSERVER_DOMAINS and OIDC_OBSERVER_ORGANISATION belong together")
    secret_file = env.get("OIDC_CLIENT_SECRET_FILE")
    return SignOnSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=_secret_of(env.get("OIDC_CLIENT_SECRET", ""), "OIDC_CLIENT_SECRET_FILE", secret_file),
        name=env.get("OIDC_NAME") or parts.netloc,
        hosts=_names(env.get("OIDC_HOSTS", "")),
        email_claim=env.get("OIDC_EMAIL_CLAIM") or "email",
        trust_email=_switch(env, "OIDC_TRUST_EMAIL", False),
        is_strong=_switch(env, "OIDC_SECOND_FACTOR", False),
        domains=domains,
        organisation=organisation,
    )


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())


def _secret_of(plain: str, file_name: str, named: str | None) -> str:
    """A secret from the environment, or from the file that the environment names."""
    if not named:
        return plain
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{file_name} {named} cannot be read: {error.strerror}") from error


def _previous_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    """Keys from before a change; what they sealed still opens."""
    return tuple(key for key in env.get("PREVIOUS_SECRET_KEYS", "").split() if key)


def _own_key(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def _public_url(env: Mapping[str, str], port: int) -> str:
    url = (env.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise ConfigError("PUBLIC_URL must look like https://trygg.example.org")
    return url


def _allowed_hosts(env: Mapping[str, str], public_url: str) -> frozenset[str]:
    named = _names(env.get("ALLOWED_HOSTS", ""))
    own = urlsplit(public_url).hostname or ""
    local = {"localhost", "127.0.0.1", "::1"} if own in ("localhost", "127.0.0.1") else set()
    return frozenset(named | {own} | local)


def _log_level(env: Mapping[str, str]) -> str:
    level = (env.get("LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        raise ConfigError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    return level


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ConfigError(f"{name} must be a whole number, not {text!r}") from None
    if not low <= value <= high:
        raise ConfigError(f"{name} must be between {low} and {high}")
    return value


def _switch(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").lower()
    if not text:
        return default
    if text in ("1", "on", "true", "yes"):
        return True
    if text in ("0", "off", "false", "no"):
        return False
    raise ConfigError(f"{name} must be on or off")
