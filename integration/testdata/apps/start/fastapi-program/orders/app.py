from fastapi import FastAPI


def create_app(settings):
    app = FastAPI()

    @app.get("/")
    def index():
        return {"status": settings["status"]}

    return app
