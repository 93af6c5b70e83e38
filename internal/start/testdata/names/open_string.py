x = 1
y = "open
z = 2
