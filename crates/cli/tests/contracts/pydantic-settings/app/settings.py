from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    postgres_db: str = "shop"
    postgres_user: str
    postgres_password: str
    postgres_host: str = "localhost"
    debug: bool = False
