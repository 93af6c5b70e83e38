from flask import Flask
from flask_restful import Api, Resource
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app)
api = Api(app)


class Index(Resource):
    def get(self):
        return "ok"


api.add_resource(Index, "/")
