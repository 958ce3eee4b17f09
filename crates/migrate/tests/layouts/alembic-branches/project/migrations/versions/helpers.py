TABLES = ["a"]
