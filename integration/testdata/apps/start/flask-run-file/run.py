from shop import create_app
from shop.config import Production

app = create_app(Production)

if __name__ == "__main__":
    app.run(debug=True)
