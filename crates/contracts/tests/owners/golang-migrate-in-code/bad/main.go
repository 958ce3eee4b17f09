package main

func run() { m, _ := migrate.NewWithDatabaseInstance("file://migrations", "postgres", driver); m.Up() }
