await knex.migrate.latest();
