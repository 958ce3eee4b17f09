import os

user = os.environ["POSTGRES_USER"]
password = os.environ["POSTGRES_PASSWORD"]
host = os.getenv("POSTGRES_HOST", "localhost")
port = os.getenv("POSTGRES_PORT", "5432")
database = os.environ["POSTGRES_DB"]
url = f"postgresql://{user}:{password}@{host}:{port}/{database}"
