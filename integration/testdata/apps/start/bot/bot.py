from config import NAME


def main():
    print(NAME)


if __name__ == "__main__":
    main()
