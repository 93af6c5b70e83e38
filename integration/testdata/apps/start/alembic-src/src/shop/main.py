from fastapi import FastAPI

from shop.models import metadata

app = FastAPI()


@app.get("/")
def index():
    return {"status": "ok"}
