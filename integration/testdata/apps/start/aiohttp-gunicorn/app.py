from aiohttp import web


async def index(request):
    return web.Response(text="ok")


async def create_app():
    app = web.Application()
    app.router.add_get("/", index)
    return app
