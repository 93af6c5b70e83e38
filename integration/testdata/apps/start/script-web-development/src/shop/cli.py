import uvicorn


def start():
    uvicorn.run("shop.web:app", reload=True)
