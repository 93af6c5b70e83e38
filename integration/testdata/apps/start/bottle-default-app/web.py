import bottle


@bottle.route("/")
def index():
    return "ok"


application = bottle.default_app()
