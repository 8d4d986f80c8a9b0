"""The print agent (打印助手): a small program in a store that fetches papers and prints them."""
