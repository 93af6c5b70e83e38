from run import app

with app.app_context():
    raise SystemExit("this is a job")
