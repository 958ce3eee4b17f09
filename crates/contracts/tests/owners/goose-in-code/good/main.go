package main

func run() { goose.SetDialect("postgres") }
