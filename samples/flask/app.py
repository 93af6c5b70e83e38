"""Tonight's moon, and the nights to come."""

from datetime import datetime, timedelta, timezone

from flask import Flask, render_template

import facts
import moon

app = Flask(__name__)


@app.get("/")
def index() -> str:
    now = datetime.now(timezone.utc)
    nights = [now + timedelta(days=n) for n in range(8)]
    return render_template(
        "index.html",
        moon=moon,
        nights=[(night, moon.phase(night)) for night in nights],
        full=now + timedelta(days=(0.5 - moon.phase(now)) % 1 * moon.MONTH),
        info=facts.info(START_MS),
    )


@app.get("/api/info")
def info() -> dict[str, object]:
    return facts.info(START_MS)


@app.get("/healthz")
def healthz() -> tuple[str, dict[str, str]]:
    return "ok", {"Content-Type": "text/plain"}


START_MS = facts.age_ms()
