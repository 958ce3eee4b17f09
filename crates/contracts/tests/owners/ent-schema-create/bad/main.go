package main

func run() { client.Schema.Create(ctx) }
