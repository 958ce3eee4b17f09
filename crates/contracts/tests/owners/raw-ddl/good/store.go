package store

const query = `SELECT * FROM jobs`
const button = "Create table"
const temporary = "CREATE TEMP TABLE scratch (id bigint)"
const help = "drop index cards here"
