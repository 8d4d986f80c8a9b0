"""What tills say, read and checked: shapes, files and sums. No table and no clock."""
