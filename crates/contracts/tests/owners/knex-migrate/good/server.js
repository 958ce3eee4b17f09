await knex.migrate.status();
