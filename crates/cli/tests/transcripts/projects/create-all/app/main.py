from contextlib import asynccontextmanager

from app.models import Base, engine


@asynccontextmanager
async def lifespan(app):
    Base.metadata.create_all(engine)
    yield
