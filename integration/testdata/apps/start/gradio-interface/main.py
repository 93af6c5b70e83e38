import gradio as gr

demo = gr.Interface(fn=lambda name: name, inputs="text", outputs="text", title="ok")
demo.launch()
