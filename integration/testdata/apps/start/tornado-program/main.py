import asyncio
import os

import tornado.web


class Main(tornado.web.RequestHandler):
    def get(self):
        self.write("ok")


class Application(tornado.web.Application):
    def __init__(self):
        super().__init__([("/", Main)])


async def main():
    Application().listen(int(os.environ["PORT"]))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
