def create_tables_report():
    pass
