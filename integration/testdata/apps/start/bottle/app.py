from bottle import Bottle, run

app = Bottle()


@app.route("/")
def index():
    return "ok"


if __name__ == "__main__":
    run(app, reloader=True)
