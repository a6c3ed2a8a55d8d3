"""How does the product run here? Read from the environment; importing it needs none and writes nothing."""

from __future__ import annotations

from pathlib import Path

import font_manrope
from csp.constants import NONE, SELF

from smarketing.web import environment

WORKSPACE = environment.workspace()
SECRET_KEY = environment.secret_key(WORKSPACE)
DEBUG = environment.flag("SMARKETING_DEBUG", default=False)
ALLOWED_HOSTS = environment.words("SMARKETING_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("SMARKETING_ORIGINS", "")
# Behind https: cookies travel only over it and a proxy's word about the scheme is believed.
HTTPS = environment.flag("SMARKETING_HTTPS", default=False)

_HERE = Path(__file__).parent

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "smarketing.web.accounts",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smarketing.web.middleware.speak",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "smarketing.web.middleware.SayErrors",
]

ROOT_URLCONF = "smarketing.web.urls"
WSGI_APPLICATION = "smarketing.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "smarketing.web.shell.shell",
            ],
            "builtins": ["smarketing.web.words", "django.templatetags.static", "django.templatetags.l10n"],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": WORKSPACE / "app.sqlite3",
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;",
            # A writer says so at once, so that two of them queue instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
CSRF_FAILURE_VIEW = "smarketing.web.views.csrf_failed"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "cockpit"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGES = [("ru", "Русский"), ("en", "English")]
LANGUAGE_CODE = "ru"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [
    ("smarketing", _HERE / "static" / "smarketing"),
    ("fonts", Path(font_manrope.font_directory)),
]
STORAGES = {"staticfiles": {"BACKEND": "smarketing.web.assets.StampedStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 7 * 86_400  # an address carries the stamp of the content, so age cannot make it stale

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 30 * 86_400 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files of exports come through the upload page; more than this goes by `smarketing load`.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A section of a hundred stages is more fields than the usual thousand.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
UPLOAD_LIMIT = environment.number("SMARKETING_UPLOAD_MB", 200) * 1024 * 1024

# Work that a page must not wait for goes to the worker; tests do it inside the request.
WORK_IMMEDIATELY = False

# Sign-in: how many failures within the window close the door for a name or an address.
SIGN_IN_WINDOW_MINUTES = 15
SIGN_IN_FAILURES_BY_NAME = 5
SIGN_IN_FAILURES_BY_ADDRESS = 30

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"smarketing": {"handlers": ["console"], "level": environment.text("SMARKETING_LOG", "INFO")}},
}
