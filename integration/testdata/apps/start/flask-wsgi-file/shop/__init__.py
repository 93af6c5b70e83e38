from flask import Flask


def create_app(config=None):
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "ok")
    return app
