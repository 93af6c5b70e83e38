def phase():
    return "full moon"
