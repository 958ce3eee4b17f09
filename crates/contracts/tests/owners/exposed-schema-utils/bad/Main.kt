fun main() { transaction { SchemaUtils.createMissingTablesAndColumns(Users) } }
