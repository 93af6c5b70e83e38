from fastapi import FastAPI

api: FastAPI = FastAPI(title="shop")


@api.get("/")
def index():
    return {"status": "ok"}
