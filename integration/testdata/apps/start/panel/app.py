import panel as pn

pn.pane.Markdown("ok").servable(title="ok")
