const sql = await orm.getSchemaGenerator().getUpdateSchemaSQL();
