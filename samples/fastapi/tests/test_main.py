import asyncio

import httpx

import facts
from main import app


def get(path: str) -> httpx.Response:
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sample") as client:
            return await client.get(path)

    return asyncio.run(request())


def test_page_names_every_package():
    page = get("/").text
    assert all(package.name in page for package in facts.packages())


def test_info_lists_packages_sorted():
    packages = get("/api/info").json()["packages"]
    assert packages == sorted(packages)


def test_healthz():
    assert get("/healthz").text == "ok"
