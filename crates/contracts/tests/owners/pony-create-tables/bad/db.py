db.generate_mapping(create_tables=True)
