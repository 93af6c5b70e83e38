import gradio


def build():
    with gradio.Blocks() as demo:
        gradio.Markdown("ok")
    return demo
