def create_app(config=None):
    pass
