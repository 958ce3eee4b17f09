class Main { void m() { new Liquibase("changes.xml", accessor, database).update(""); } }
