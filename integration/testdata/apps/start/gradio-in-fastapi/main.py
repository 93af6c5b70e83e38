import gradio as gr
from fastapi import FastAPI

app = FastAPI()
demo = gr.Interface(fn=lambda name: name, inputs="text", outputs="text", title="ok")
app = gr.mount_gradio_app(app, demo, path="/demo")
