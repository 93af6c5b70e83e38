from nicegui import ui

ui.label("ok")
ui.run()
