"""Door-to-door times of regions with streets: along streets and by timetable, between cells."""
