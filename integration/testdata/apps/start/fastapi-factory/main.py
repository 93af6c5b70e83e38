from fastapi import FastAPI


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    def index():
        return "ok"

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run("main:create_app", factory=True, reload=True)
