"""What the Gradio app's tabs are made of."""
