"""Plotly figures from plain values; nothing here knows Streamlit or reads a file."""
