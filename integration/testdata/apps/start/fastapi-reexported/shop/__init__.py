from .core.web import app

__all__ = ["app"]
