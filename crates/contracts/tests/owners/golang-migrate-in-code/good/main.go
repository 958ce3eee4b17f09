package main

func run() { migrateUsers() }
