"""Door-to-door times by timetable over a window of departures."""
