from shiny.express import input, render, ui

ui.input_slider("n", "N", 0, 100, 20)


@render.text
def text():
    return f"n is {input.n()}"
