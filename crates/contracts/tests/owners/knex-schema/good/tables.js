const there = await knex.schema.hasTable("reports");
