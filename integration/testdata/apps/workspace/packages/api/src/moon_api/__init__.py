from moon_lib import phase


def main():
    print(phase())
