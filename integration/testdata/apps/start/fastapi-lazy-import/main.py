def get_app():
    from fastapi import FastAPI

    app = FastAPI()
    app.get("/")(lambda: "ok")
    return app


app = get_app()
