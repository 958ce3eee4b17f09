revision = "bbb222"
down_revision = 'aaa111'


def upgrade():
    pass


def downgrade():
    pass
