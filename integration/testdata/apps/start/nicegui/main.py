import os

from nicegui import ui

ui.label("ok")

if __name__ in {"__main__", "__mp_main__"}:
    ui.run(port=int(os.environ.get("PORT", 8080)), reload=False, show=False, title="ok")
