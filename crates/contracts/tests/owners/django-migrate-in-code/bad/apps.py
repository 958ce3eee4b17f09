call_command("migrate", interactive=False)
