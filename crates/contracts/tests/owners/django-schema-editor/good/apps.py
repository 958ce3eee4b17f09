schema_editor = None
