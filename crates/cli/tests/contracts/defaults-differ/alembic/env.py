import os

url = os.getenv("DATABASE_URL", "postgresql://localhost/shop_dev")
