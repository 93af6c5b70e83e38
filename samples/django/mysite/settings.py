"""Settings for production; what differs from place to place comes from the environment."""

import os
import secrets
import tempfile
from pathlib import Path

# Nothing here is signed, so that each worker may make up a key of its own. An app with sessions must set SECRET_KEY.
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")

INSTALLED_APPS = ["django.contrib.staticfiles", "guestbook"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
TIME_ZONE = "UTC"

# The build runs collectstatic; WhiteNoise serves what it wrote under names that browsers may keep forever.
STATIC_URL = "static/"
STATIC_ROOT = Path(__file__).parent.parent / "collected"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

# The notes. A file in /tmp goes with its container: mount a volume and name a file in it to keep them.
GUESTBOOK_FILE = Path(
    os.environ.get("GUESTBOOK_FILE") or Path(tempfile.gettempdir(), "guestbook.jsonl")
)
