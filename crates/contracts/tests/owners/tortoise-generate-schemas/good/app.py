register_tortoise(app, db_url=URL, generate_schemas=False)
