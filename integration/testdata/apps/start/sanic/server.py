from sanic import Sanic, text

app = Sanic("shop")


@app.get("/")
async def index(request):
    return text("ok")
