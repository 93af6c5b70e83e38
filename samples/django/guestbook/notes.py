"""The guest book: a file of one JSON object a line, so that workers can append side by side."""

import json
from datetime import datetime, timezone
from pathlib import Path

SHOWN = 50


def read(file: Path) -> list[dict[str, object]]:
    """The newest notes first."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    notes = [json.loads(line) for line in lines[-SHOWN:]]
    return [note | {"at": datetime.fromisoformat(note["at"])} for note in reversed(notes)]


def add(file: Path, name: str, text: str) -> None:
    note = {"at": datetime.now(timezone.utc).isoformat(), "name": name, "text": text}
    with file.open("a", encoding="utf-8") as book:
        book.write(json.dumps(note) + "\n")
