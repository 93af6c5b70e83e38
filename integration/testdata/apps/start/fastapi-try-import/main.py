try:
    import fastapi
    import orjson
except ImportError:
    orjson = None

with open(__file__) as source:
    (application := fastapi.FastAPI(description=source.readline()))


@application.get("/")
def index():
    return "ok"
