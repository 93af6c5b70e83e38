from fastapi import FastAPI

app = FastAPI(
    title="shop"


@app.get("/")
def index():
    return "ok"
