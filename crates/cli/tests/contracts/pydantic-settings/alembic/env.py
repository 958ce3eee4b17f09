from app.settings import Settings
