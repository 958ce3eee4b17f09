"""Base.metadata.create_all(engine) was here once."""
# Base.metadata.create_all(engine)
metadata = MetaData()
create_all_reports()
