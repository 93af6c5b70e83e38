from fastmcp import FastMCP
from starlette.responses import PlainTextResponse

mcp = FastMCP("shop")


@mcp.custom_route("/health", methods=["GET"])
async def health(request):
    return PlainTextResponse("ok")


app = mcp.http_app()
