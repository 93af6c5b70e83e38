from chainlit.utils import mount_chainlit
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


mount_chainlit(app=app, target="app.py", path="/chat")
