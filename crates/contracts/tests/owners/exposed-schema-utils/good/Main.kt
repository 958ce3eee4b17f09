fun main() { SchemaUtils.listTables() }
