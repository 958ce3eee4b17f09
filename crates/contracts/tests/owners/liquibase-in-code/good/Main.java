class Main { LiquibaseStatus status; }
