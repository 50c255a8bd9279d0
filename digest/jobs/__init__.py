"""Workers: the tasks that they run, the jobs that are due, the workspaces that they serve."""
