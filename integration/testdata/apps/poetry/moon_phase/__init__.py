import itsdangerous


def main():
    print("full moon")
