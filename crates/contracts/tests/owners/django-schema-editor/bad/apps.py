with connection.schema_editor() as editor:
    editor.create_model(Report)
