"""The backend: three lists and a health check. Start with `uvicorn main:app`."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from database import url
from models import Base, Customer, Order, Product

engine = create_engine(url())


@asynccontextmanager
async def lifespan(_: FastAPI):
    # From the days before Alembic. It makes missing tables and changes none, so it hides a migration that was
    # forgotten: `groundline check` holds the schema against the history while this runs.
    Base.metadata.create_all(engine)
    yield
    engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok"}


@app.get("/customers")
def customers():
    with Session(engine) as session:
        found = session.scalars(select(Customer).order_by(Customer.id)).all()
        return [{"id": one.id, "email": one.email, "note": one.note} for one in found]


@app.get("/products")
def products():
    with Session(engine) as session:
        found = session.scalars(select(Product).order_by(Product.id)).all()
        return [{"id": one.id, "name": one.name, "price": str(one.price), "stock": one.stock} for one in found]


@app.get("/orders")
def orders():
    with Session(engine) as session:
        found = session.scalars(select(Order).order_by(Order.id)).all()
        return [{"id": one.id, "customer": one.customer_id, "quantity": one.quantity} for one in found]
