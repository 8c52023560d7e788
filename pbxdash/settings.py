"""Every setting comes from a `PBXDASH_*` environment variable, or from the file that `PBXDASH_ENV_FILE` names.

Secrets may be given as `PBXDASH_<NAME>_FILE`, the path of a file that holds the value. docs/settings.md has the table.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from zoneinfo import available_timezones

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from pbxdash.environment import Environment
from pbxdash.headers import static_headers

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
if env_file := env.str("ENV_FILE", default=""):
    if not Path(env_file).is_file():
        raise ImproperlyConfigured(
            f"PBXDASH_ENV_FILE names {env_file}, which is not a file. "
            "`make run` and `make demo` write theirs on the first start."
        )
    Env.read_env(env_file)


def secret(name: str) -> str:
    """Return a secret from the environment or its file, without the newline that editors add."""
    try:
        return str(env.str(name, default="")).strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"PBXDASH_{name}_FILE cannot be read: {error.strerror}. Check its path and owner."
        ) from None


# --- Secrets -----------------------------------------------------------------------------------
SECRET_KEY = secret("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "PBXDASH_SECRET_KEY is not set. Set it, or PBXDASH_SECRET_KEY_FILE, or name a settings file "
        "in PBXDASH_ENV_FILE; `make run` writes one with fresh keys."
    )
# Keys for the API secrets at rest, "name:base64 of 32 bytes", the first one encrypts.
PBXDASH_KEYS = secret("KEYS")
# The key of the SIP password fingerprints; a new one would make every password look changed.
PBXDASH_FINGERPRINT_KEY = secret("FINGERPRINT_KEY")
# The key of the audit log's chain; with a new one every entry would look forged.
PBXDASH_AUDIT_KEY = secret("AUDIT_KEY")

# --- Who may reach the site --------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PBXDASH_DEMO = env.flag("DEMO", default=False)
# Without TLS in front: cookies lose Secure and the __Host- prefix, and every page says so.
PBXDASH_INSECURE_HTTP = env.flag("INSECURE_HTTP", default=False)
PBXDASH_BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", default=False)
# How many proxies in front add to X-Forwarded-For; without any the header is not read.
PBXDASH_TRUSTED_PROXIES = env.count("TRUSTED_PROXIES", default=0, least=0)

# --- Calls to PBXs -----------------------------------------------------------------------------
PBXDASH_ALLOW_LOOPBACK_PBXS = env.flag("ALLOW_LOOPBACK_PBXS", default=False)
try:
    PBXDASH_ALLOWED_NETWORKS = tuple(
        ip_network(text) for text in env.list("ALLOWED_NETWORKS", default=[])
    )
except ValueError as error:
    raise ImproperlyConfigured(
        f"PBXDASH_ALLOWED_NETWORKS: {error}. Write networks like 192.168.0.0/16, comma separated."
    ) from None
# How many PBXs one worker reads at once.
PBXDASH_FETCH_THREADS = env.count("FETCH_THREADS", default=32)
# Whether those who have the right may have a SIP password shown once.
PBXDASH_REVEAL = env.flag("REVEAL", default=False)
# Seconds until data counts as stale.
PBXDASH_STALE_AFTER = env.count("STALE_AFTER", default=24 * 60 * 60)

# --- Audit log ---------------------------------------------------------------------------------
# Days that its entries are kept, 0 for ever.
PBXDASH_AUDIT_KEEP_DAYS = env.count("AUDIT_KEEP_DAYS", default=0, least=0)
# --- Second factor and single sign-on ----------------------------------------------------------
PBXDASH_SECOND_FACTOR = env.flag("SECOND_FACTOR", default=False)
# Whether administrators with a password must have one.
PBXDASH_SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", default=False)
if PBXDASH_SECOND_FACTOR_REQUIRED and not PBXDASH_SECOND_FACTOR:
    raise ImproperlyConfigured(
        "PBXDASH_SECOND_FACTOR_REQUIRED is set: set PBXDASH_SECOND_FACTOR too."
    )
PBXDASH_OIDC_ISSUER = env.str("OIDC_ISSUER", default="").strip().rstrip("/")
PBXDASH_OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="").strip()
PBXDASH_OIDC_CLIENT_SECRET = secret("OIDC_CLIENT_SECRET")
PBXDASH_OIDC_NAME = env.str("OIDC_NAME", default="").strip()
# Which claim names the roles, and which role each of its values grants; the first that fits.
PBXDASH_OIDC_CLAIM = env.str("OIDC_CLAIM", default="").strip() or "groups"
PBXDASH_OIDC_ROLES = env.pairs(
    "OIDC_ROLES", words=["viewer", "operator", "auditor", "administrator"]
)
PBXDASH_SINGLE_SIGN_ON = bool(PBXDASH_OIDC_ISSUER)
if PBXDASH_SINGLE_SIGN_ON:
    if not (PBXDASH_OIDC_CLIENT_ID and PBXDASH_OIDC_CLIENT_SECRET and PBXDASH_OIDC_ROLES):
        raise ImproperlyConfigured(
            "PBXDASH_OIDC_ISSUER is set: set PBXDASH_OIDC_CLIENT_ID, PBXDASH_OIDC_CLIENT_SECRET and "
            "PBXDASH_OIDC_ROLES too."
        )
    if not PBXDASH_OIDC_ISSUER.startswith("https://"):
        raise ImproperlyConfigured("PBXDASH_OIDC_ISSUER must begin with https://.")

# --- Application -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "pbxdash.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Always there, so that their tables are; what they do is switched on above.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "trunks",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pbxdash.headers.ResponseHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pbxdash.readable.ReadableRequestMiddleware",
    "pbxdash.share_visitors.ShareVisitorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pbxdash.origin.OriginMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pbxdash.session_ends.SessionEndMiddleware",
    "pbxdash.login.LoginRequiredMiddleware",
    "pbxdash.roles.AuditorsOnlyReadMiddleware",
    "pbxdash.required_factor.RequiredFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pbxdash.busy.BusyDatabaseMiddleware",
]
ROOT_URLCONF = "pbxdash.urls"
WSGI_APPLICATION = "pbxdash.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trunks.shell.shell",
            ],
            "builtins": ["trunks.templatetags.icons"],
        },
    }
]

# --- Data --------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/pbxdash.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A relative path means the same from every folder.
    DATABASES["default"]["NAME"] = str(BASE_DIR / DATABASES["default"]["NAME"])
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # To open a file anew takes longer than most of what is asked of it.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # IMMEDIATE, since a deferred read-then-write is refused at once when another process writes;
    # FULL, since what a fetch has reported must survive a power cut. Mapped into memory, since to copy
    # each page out of the system's cache takes as long as all the rest of a search. A thousand changed bindings
    # write 1,300 pages: at SQLite's own limit of 1,000 each landing would copy them into the file before it ended.
    # What is deleted is overwritten, which a SQLite does by itself or not as it was built.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32768; "
        "PRAGMA mmap_size=2147418112; PRAGMA wal_autocheckpoint=4000; "
        "PRAGMA secure_delete=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Django's own setting names; a page must never wait for a lock longer than a person would.
    # The address may add to them, such as ?sslmode=verify-full.
    DATABASES["default"]["OPTIONS"] = {
        # Threads that read PBXs borrow one for moments only, so that a few serve them all and many
        # processes stay below the hundred that a server allows. None is opened before it is needed.
        "pool": {"min_size": 0, "max_size": 12},
        # To compile a search takes longer than to answer it. How many rows match is judged by where the first
        # thousand stand, so a search begins at the beginning, and not where another one is just reading. And where
        # a thousand rows are wanted of many, the planner takes them to be the first of the table, and reads all
        # of it for a second or two: so tables are read from end to end only where there is no other way.
        "options": "-c statement_timeout=30s -c lock_timeout=5s -c jit=off"
        " -c synchronize_seqscans=off -c enable_seqscan=off",
        **DATABASES["default"].get("OPTIONS", {}),
    }
# In the database, since all processes share it there; `migrate` makes the table. It keeps one
# sealed token a PBX, and none may be thrown out early: the PBX would have to be asked for another.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "pbxdash_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Log-in ------------------------------------------------------------------------------------
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
# Any other backend comes after this one, which denies what no other one may grant.
AUTHENTICATION_BACKENDS = ["pbxdash.roles.RolesBackend"]
ACCOUNT_ADAPTER = "pbxdash.allauth_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
# Accounts are made by administrators and by the provider; mail addresses let nobody in.
ACCOUNT_EMAIL_VERIFICATION, ACCOUNT_UNIQUE_EMAIL = "none", False
ACCOUNT_FORMS = {"reauthenticate": "pbxdash.second_factor.ConfirmingPasswordForm"}
MFA_ADAPTER = "pbxdash.allauth_adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "pbxdash.second_factor.NewAppForm",
    "authenticate": "pbxdash.second_factor.CodeForm",
    "reauthenticate": "pbxdash.second_factor.ConfirmingCodeForm",
    "add_webauthn": "pbxdash.second_factor.NewPasskeyForm",
    "authenticate_webauthn": "pbxdash.second_factor.PasskeyForm",
    "reauthenticate_webauthn": "pbxdash.second_factor.ConfirmingPasskeyForm",
    "login_webauthn": "pbxdash.second_factor.LoginPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Shown once: whoever finds an open session shall not find them.
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PBXDASH_INSECURE_HTTP
SOCIALACCOUNT_ADAPTER = "pbxdash.allauth_adapters.SingleSignOnAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": PBXDASH_OIDC_NAME,
                "client_id": PBXDASH_OIDC_CLIENT_ID,
                "secret": PBXDASH_OIDC_CLIENT_SECRET,
                "settings": {"server_url": PBXDASH_OIDC_ISSUER},
            }
        ],
    }
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "pbxdash.passwords.MaximumLengthValidator"},
]

# --- What every answer carries -----------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "pbxdash.sessions"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = True, "Lax"
LANGUAGE_COOKIE_SECURE = not PBXDASH_INSECURE_HTTP
# Seconds until a session ends that nobody uses, and until one ends whatever happens.
PBXDASH_SESSION_IDLE = env.count("SESSION_IDLE", default=30 * 60)
PBXDASH_SESSION_LONGEST = SESSION_COOKIE_AGE = env.count("SESSION_LONGEST", default=12 * 60 * 60)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PBXDASH_INSECURE_HTTP
if PBXDASH_INSECURE_HTTP:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "pbxdash_sessionid", "pbxdash_csrftoken"
    PBXDASH_BROWSER_COOKIE = "pbxdash_browser"
else:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    PBXDASH_BROWSER_COOKIE = "__Host-browser"
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if PBXDASH_BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language and time -------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = env.one_of("TIME_ZONE", available_timezones(), default="UTC")
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = env.one_of("LANGUAGE", dict(LANGUAGES), default="en")
LOCALE_PATHS = [BASE_DIR / "trunks" / "locale"]
FORMAT_MODULE_PATH = "trunks.formats"
USE_THOUSAND_SEPARATOR = True

# --- Static files ------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers
# Nobody else's page needs them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Logs --------------------------------------------------------------------------------------
LOG_LEVEL = env.one_of(
    "LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], default="INFO"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "pbxdash.log_lines.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # urllib3 prints the query string at debug level, and a PBX wants its token there.
    # The queue tells of every task and every stop; what became of a fetch is told by us.
    "loggers": {
        # Without handlers of their own, which would write past the formatter above.
        "django": {"level": "INFO"},
        "django.server": {"level": "INFO", "propagate": True},
        "urllib3": {"level": "INFO"},
        "django_tasks": {"level": "ERROR"},
        "django_tasks_db": {"level": "ERROR"},
    },
}
# What is told of an error to those who run the site.
DEFAULT_EXCEPTION_REPORTER = "pbxdash.error_reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "pbxdash.error_reports.NothingTypedFilter"
SILENCED_SYSTEM_CHECKS = [
    # Preloading binds a whole domain for years: the owner of the domain decides, not we.
    "security.W021",
]
