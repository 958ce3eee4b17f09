from alembic import command
command.upgrade(Config("alembic.ini"), "head")
