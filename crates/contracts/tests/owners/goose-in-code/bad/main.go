package main

func run() { goose.UpContext(ctx, db, "migrations") }
