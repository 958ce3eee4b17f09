package main

type Config struct {
	Host string `env:"DB_HOST" envDefault:"db"`
	Name string `env:"DB_NAME" envDefault:"shop"`
	User string `env:"DB_USER"`
}
