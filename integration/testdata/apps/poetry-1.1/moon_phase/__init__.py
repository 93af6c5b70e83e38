import dateutil


def main():
    print("full moon")
