def migrate, do: Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true))
