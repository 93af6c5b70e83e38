"""A WSGI and an ASGI app with a page that computes and one that waits."""
import asyncio
import os
import time

from fastapi import FastAPI
from flask import Flask

# What a larger app would keep in each worker.
ballast = os.urandom(int(os.environ.get("BALLAST_MB", "0")) << 20)

wsgi = Flask(__name__)
asgi = FastAPI()


def compute():
    return str(sum(i * i for i in range(60_000)))


@wsgi.get("/healthz")
def healthz():
    return "ok"


@wsgi.get("/cpu")
def cpu():
    return compute()


@wsgi.get("/io")
def io():
    time.sleep(0.05)
    return "done"


@asgi.get("/healthz")
async def asgi_healthz():
    return "ok"


@asgi.get("/cpu")
async def asgi_cpu():
    return compute()


@asgi.get("/io")
async def asgi_io():
    await asyncio.sleep(0.05)
    return "done"
