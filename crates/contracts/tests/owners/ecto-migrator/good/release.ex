# Ecto.Migrator
def start, do: Repo.start_link()
