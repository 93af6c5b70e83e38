def main():
    print("full moon")
