await orm.getSchemaGenerator().updateSchema();
