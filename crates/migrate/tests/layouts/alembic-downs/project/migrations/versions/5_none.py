revision = "5"
down_revision = "4"
def upgrade(): pass
