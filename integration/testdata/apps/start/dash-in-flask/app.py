import dash
from flask import Flask

server = Flask(__name__)
app = dash.Dash(__name__, server=server, url_base_pathname="/dash/")
app.layout = dash.html.Div("chart")


@server.route("/")
def index():
    return "ok"
