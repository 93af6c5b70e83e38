from fastapi import FastAPI

class Shop(FastAPI):
    """An app with a name."""


service = Shop()


@service.get("/")
def index():
    return {"status": "ok"}
