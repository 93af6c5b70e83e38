import os

import uvicorn

from web import asgi

if __name__ == "__main__":
    uvicorn.run(asgi, host="0.0.0.0", port=int(os.environ["PORT"]))
