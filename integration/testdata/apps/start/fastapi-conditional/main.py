import os

from fastapi import FastAPI

if os.environ.get("DOCS"):
    app = FastAPI()
else:
    app = FastAPI(docs_url=None)


@app.get("/")
def index():
    return "ok"
