"""What serves visitors behind the tabs: their files, turns, jobs, cameras, and limits."""
