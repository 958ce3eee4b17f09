package store

const schema = `
CREATE TABLE IF NOT EXISTS jobs (id bigint)`
