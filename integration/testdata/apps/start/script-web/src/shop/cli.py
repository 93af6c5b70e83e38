import os

import uvicorn


def serve():
    uvicorn.run("shop.web:app", host="0.0.0.0", port=int(os.environ["PORT"]))


def report():
    print("ok")
