from fastapi import FastAPI
from fastmcp import FastMCP

app = FastAPI()


@app.get("/items")
def items():
    return []


mcp = FastMCP.from_fastapi(app=app, name="shop")
