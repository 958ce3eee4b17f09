package main

func main() {
	db.AutoMigrate(&User{}, &Order{})
}
