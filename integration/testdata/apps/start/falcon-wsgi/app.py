import falcon


class Index:
    def on_get(self, req, resp):
        resp.text = "ok"


app = falcon.App()
app.add_route("/", Index())
