metadata = None
