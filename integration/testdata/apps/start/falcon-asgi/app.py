import falcon.asgi


class Index:
    async def on_get(self, req, resp):
        resp.text = "ok"


app = falcon.asgi.App()
app.add_route("/", Index())
