from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

inner = FastAPI()


@inner.get("/")
def index():
    return "ok"


app = GZipMiddleware(inner)
