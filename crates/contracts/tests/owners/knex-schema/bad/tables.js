await knex.schema.createTable("reports", (t) => t.increments());
