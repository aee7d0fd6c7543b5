"""The Hugging Face Spaces entry, and `python app.py` at home: the Gradio app on its own server."""

import os
import signal
import tempfile
import warnings

# Before anything imports Gradio or the Hub's library: the app makes no call to any network.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"  # of all that it keeps, it makes a table each time
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from PIL import Image

from demo.gradio_app import build_app, launch_options
from demo.serving.memory import give_back_memory
from demo.serving.visitor_files import VisitorFiles
from fer_core import FerPipeline


def main() -> None:
    """Serve until stopped. GRADIO_SERVER_NAME and GRADIO_SERVER_PORT say where."""
    # The limit of `read_picture` is lower than that at which Pillow refuses a picture.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    # Containers are stopped by this signal. As with Ctrl-C, what visitors' files became is deleted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    give_back_memory()
    files = VisitorFiles()
    os.environ["GRADIO_TEMP_DIR"] = str(files.uploads)
    tempfile.tempdir = str(files.uploads)  # whatever else is written goes the same way
    build_app(FerPipeline.from_weights("default"), files).launch(**launch_options(files))


if __name__ == "__main__":
    main()
