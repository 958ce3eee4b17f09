class Main { /* Flyway.configure() */ }
