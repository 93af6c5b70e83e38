from fastapi import FastAPI

from shop.prices import PRICE

app = FastAPI()


@app.get("/")
def index():
    return {"status": f"ok {PRICE}"}
