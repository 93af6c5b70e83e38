SECRET_KEY = "only for tests"
ROOT_URLCONF = "config.urls"
