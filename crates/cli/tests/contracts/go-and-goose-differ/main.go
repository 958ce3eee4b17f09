package main

var url = os.Getenv("DATABASE_URL")
