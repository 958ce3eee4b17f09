package main

func run() { client.User.Create().Save(ctx) }
