"""Settings come from the environment and the house's own folder; docs/hosting.md says what may be chosen."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from weft.loom import files, keys, mail, push, time
from weft.sections import SECTIONS

env = Env()

DATA = Path(env.str("WEFT_DATA", "weft-data")).resolve()
DEBUG = env.bool("WEFT_DEBUG", False)
DEMO = env.bool("WEFT_DEMO", False)

# The house's address as people type it. Everything that must know about TLS follows from its first letters.
ADDRESS = env.str("WEFT_ADDRESS", "http://127.0.0.1:8765").rstrip("/")
SECURE = ADDRESS.startswith("https://")
HOST = ADDRESS.split("://", 1)[-1].split("/")[0]
ALLOWED_HOSTS = [HOST.rsplit(":", 1)[0], *env.list("WEFT_ALSO_KNOWN_AS", [])]
if not SECURE:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
BEHIND_PROXY = env.bool("WEFT_BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The house key lies outside the database: in the environment, a file of mode 0600, or a command for a key service.
HOUSE_KEY = keys.HouseKey(
    inline=env.str("WEFT_KEY", ""),
    command=env.str("WEFT_KEY_COMMAND", ""),
    file=Path(env.str("WEFT_KEY_FILE", str(DATA / "house.key"))),
)
SECRET_KEY = keys.derive(HOUSE_KEY.newest, "django").hex()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    *(f"weft.{section}.apps.{section.capitalize()}" for section in SECTIONS),
]
if DEMO:
    INSTALLED_APPS.append("weft.home.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "weft.loom.privacy.PrivacyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "weft.people.middleware.PersonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "weft.loom.errors.ClosedByDefault",
    "django.contrib.messages.middleware.MessageMiddleware",
    "weft.loom.errors.NoBlankPages",
    "weft.loom.pace.PaceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "weft.urls"
TEMPLATES = [
    {
        "BACKEND": "weft.loom.pages.Pages",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "weft.loom.pages.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "weft.loom.pages.frame",
            ],
        },
    }
]
FORM_RENDERER = "weft.loom.pages.FormRenderer"

# One folder and SQLite by default; PostgreSQL by its address. FULL, because NORMAL lost half of all acknowledged
# writes in a power cut; IMMEDIATE, because a deferred write that must upgrade its lock fails under contention.
DATABASES = {"default": env.dj_db_url("WEFT_DATABASE", f"sqlite:///{DATA / 'house.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "weft.loom.sqlite3"  # Django's own, with a queue for writers
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
        ),
    }
elif not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("WEFT_DATABASE must be a sqlite:// or a postgres:// address.")
else:  # What each page asks is planned once: to plan it anew took longer than to answer it.
    once = {"server_side_binding": True, "prepare_threshold": 5}
    DATABASES["default"]["OPTIONS"] = once | DATABASES["default"].get("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["weft.people.door.Passphrase", "weft.people.door.Opened"]
PASSWORD_HASHERS = ["weft.people.passphrases.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "weft.people.passphrases.NotCommon"},
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the sign-in name is unique by its keyed hash
LOGIN_URL = "people:door"
LOGIN_REDIRECT_URL = "home:today"

SESSION_ENGINE = "weft.people.devices"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
COOKIE_PREFIX = "__Host-" if SECURE else ""  # bound to this very host, and never sent in the open
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}place"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}form"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "weft.loom.errors.refused"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"  # under "no-referrer" browsers post our own forms with "Origin: null"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Without a mail server the house sends nothing, and says so.
MAIL = mail.server(env.str("WEFT_MAIL", ""))
MAIL_FROM = mail.sender(env.str("WEFT_MAIL_FROM", ""), HOST.rsplit(":", 1)[0])

# Nor does it send a push, unless somebody wants it to: the makers of browsers carry those, and see that they go.
PUSH = push.services(env.bool("WEFT_PUSH", False), env.list("WEFT_PUSH_SERVICES", []))

LANGUAGE_CODE = env.str("WEFT_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = env.str("WEFT_TIME_ZONE", "") or time.machine_zone()
USE_TZ = True

STATIC_URL = "/static/" if DEBUG else f"/static/{files.mark(Path(__file__).parent)}/"
# What helps two browsers behind different routers to find each other ("stun:…", of a server of one's own), if anything.
ICE: list[str] = env.list("WEFT_ICE", [])
THREADS = env.int("WEFT_THREADS", 2)  # more of them wait for each other longer than they help (docs/performance.md)
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS: list[str] = []

# Errors go to the terminal with their place in the code, never with what somebody wrote, asked for, or is called.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "weft.loom.privacy.PlainFormatter"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["terminal"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["terminal"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["terminal"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["terminal"], "level": "ERROR", "propagate": False},
    },
}
