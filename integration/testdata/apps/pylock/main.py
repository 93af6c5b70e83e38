print("full moon")
