from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


async def index(request):
    return PlainTextResponse("ok")


sub = Starlette(routes=[Route("/", index)])
app = Starlette(routes=[Route("/", index), Mount("/sub", app=sub)])
