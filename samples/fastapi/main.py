"""Draws what the image carries: every installed package, as wide as its files."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates

import facts

app = FastAPI(title="Lockstep sample")
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@app.get("/", response_class=HTMLResponse)
def index(request: Request) -> HTMLResponse:
    packages = sorted(facts.packages(), key=lambda p: (-p.size, p.name))
    context = {"info": facts.info(START_MS), "packages": packages}
    return templates.TemplateResponse(request, "index.html", context)


@app.get("/api/info")
def info() -> dict[str, object]:
    return facts.info(START_MS)


@app.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    return "ok"


# Taken last, when everything the app needs has been imported.
START_MS = facts.age_ms()
