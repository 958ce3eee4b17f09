commands.upgrade_plan()
