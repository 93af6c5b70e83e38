from fasthtml.common import *

app, rt = fast_app(secret_key="0123")


@rt("/")
def get():
    return Titled("ok")


serve()
