register_tortoise(app, db_url=URL, generate_schemas=True)
await Tortoise.generate_schemas()
