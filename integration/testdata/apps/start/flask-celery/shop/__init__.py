from celery import Celery
from flask import Flask


def create_app():
    app = Flask(__name__)
    celery = Celery(app.name, broker="memory://")
    celery.set_default()
    app.extensions["celery"] = celery

    @app.route("/")
    def index():
        return "ok"

    return app
