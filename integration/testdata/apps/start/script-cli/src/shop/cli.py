def main():
    print("ok")


def admin():
    print("admin")
