class Main { void m() { Flyway.configure().dataSource(url, user, password).load().migrate(); } }
