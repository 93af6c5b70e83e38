from ui.blocks import build

if __name__ == "__main__":
    build().launch()
