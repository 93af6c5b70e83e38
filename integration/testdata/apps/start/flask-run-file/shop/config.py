class Development:
    ANSWER = "in development"


class Production:
    ANSWER = "ok"
