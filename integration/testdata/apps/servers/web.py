"""A WSGI and an ASGI app, to be served by any server."""
import asyncio
import os
import tempfile
import time

from fastapi import FastAPI
from flask import Flask

wsgi = Flask(__name__)
asgi = FastAPI()


@wsgi.get("/healthz")
def healthz():
    return "ok"


@wsgi.get("/slow")
def slow():
    print("under way", flush=True)
    time.sleep(2)
    return "done"


@wsgi.get("/temporary")
def temporary():
    with tempfile.NamedTemporaryFile() as file:
        return os.path.dirname(file.name)


@wsgi.get("/zombies")
def zombies():
    """Gives the processes that nobody has taken in."""
    states = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                states[pid] = file.read().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            pass
    return [pid for pid, state in states.items() if state == "Z"]


@asgi.get("/healthz")
async def asgi_healthz():
    return "ok"


@asgi.get("/slow")
async def asgi_slow():
    print("under way", flush=True)
    await asyncio.sleep(2)
    return "done"
