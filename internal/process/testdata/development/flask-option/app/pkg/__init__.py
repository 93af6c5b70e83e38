app: Flask = Flask(__name__)
