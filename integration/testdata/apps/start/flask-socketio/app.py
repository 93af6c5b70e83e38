from flask import Flask
from flask_socketio import SocketIO

app = Flask(__name__)
socketio = SocketIO(app)


@app.get("/")
def home():
    return "ok"


if __name__ == "__main__":
    socketio.run(app)
