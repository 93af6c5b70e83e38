from fastapi import FastAPI

from admin.app import app as admin

app = FastAPI()
app.mount("/admin", admin)
