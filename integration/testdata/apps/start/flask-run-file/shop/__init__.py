from flask import Flask

from shop.config import Development


def create_app(config=Development):
    app = Flask(__name__)

    @app.route("/")
    def index():
        return config.ANSWER

    return app
