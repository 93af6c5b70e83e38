NAME = "bot"
