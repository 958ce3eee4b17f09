call_command("collectstatic")
