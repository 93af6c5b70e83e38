x = f"{y:'^9} it's"
z = f'{y:"<3}'
w = 1
