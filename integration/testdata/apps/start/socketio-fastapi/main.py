import socketio
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

api = FastAPI()
app = socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), api)


@api.get("/", response_class=PlainTextResponse)
def home():
    return "ok"
