"""The REST API: questions to the current release, answered over HTTP; nothing here changes one."""
