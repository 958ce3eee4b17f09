database.create_tables([User, Tweet], safe=True)
