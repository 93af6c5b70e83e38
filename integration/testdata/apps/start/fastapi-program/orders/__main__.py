import os

import uvicorn

from orders.app import create_app


def main():
    uvicorn.run(create_app({"status": "ok"}), host="0.0.0.0", port=int(os.environ["PORT"]))


if __name__ == "__main__":
    main()
