threads = 3
