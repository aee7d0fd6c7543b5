// The camera itself: its pictures one after the other, and whether any come. camera.js, in the same
// script, asks.
const FIRST_MS = 3000; // so much longer the first picture may take

const IN_USE = "The camera is in use by another program. Close that program, then start again.";
const NONE = "No camera was found. Connect one, then start again.";
const REFUSALS = {
  NotAllowedError:
    "The camera was not allowed. Allow it next to the page's address and in your device's camera " +
    "settings, then start again." +
    (self === top ? "" : " Or open this page in its own window: it is embedded in another page."),
  NotFoundError: NONE,
  OverconstrainedError: NONE, // the one that was chosen is gone
  NotReadableError: IN_USE,
  AbortError: IN_USE, // Firefox's word for it
};

class Source {
  askedAt = 0; // since when a picture is waited for; 0 while none is
  #video;
  #track;
  #canvas = document.createElement("canvas");
  #sentTime = -1; // of the picture that was sent last

  constructor(video) {
    this.#video = video;
  }

  // Throws what the browser says where there is no camera. Does not wait for the first picture,
  // which may never come. id: which camera. ended: is called where it is taken away.
  async open(id, ended) {
    const which = id ? { deviceId: { exact: id } } : { facingMode: "user" };
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 }, ...which },
      audio: false,
    });
    [this.#track] = stream.getVideoTracks();
    this.#track.addEventListener("ended", ended);
    this.#video.srcObject = stream;
    this.askedAt = performance.now() + FIRST_MS;
    this.#play();
  }

  close() {
    this.#video.srcObject?.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
  }

  get camera() {
    return this.#track?.getSettings().deviceId ?? "";
  }

  // As the camera at a phone's back does: its picture is not to be mirrored.
  get looksAway() {
    return this.#track.getSettings().facingMode === "environment";
  }

  // All cameras; their names are told once one was allowed.
  async all() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  // One that the browser did not begin, or has paused, is tried again with the next picture.
  #play() {
    this.#video.play().catch(() => {});
  }

  get size() {
    return `${this.#video.videoWidth}x${this.#video.videoHeight}`;
  }

  // Whether there is a picture that was not sent yet, within a tenth of a second.
  async next() {
    const began = performance.now();
    this.askedAt ||= began;
    if (this.#video.paused) this.#play();
    while (!this.#isFresh() && performance.now() - began < 100) await pause(4);
    if (!this.#isFresh()) return false;
    this.#sentTime = this.#video.currentTime;
    this.askedAt = 0;
    return true;
  }

  #isFresh() {
    // Of a muted camera, as during a call, browsers may make black pictures.
    return (
      !this.#track.muted && this.#video.videoWidth > 0 && this.#video.currentTime !== this.#sentTime
    );
  }

  // A JPEG in base64, its longer side of so many pixels at most.
  jpeg(most, quality, mirrored) {
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(most / Math.max(videoWidth, videoHeight), 1);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const { width, height } = this.#canvas;
    const pen = this.#canvas.getContext("2d");
    // Mirrored here and not on the screen, where it would mirror the words, too.
    if (mirrored) pen.setTransform(-1, 0, 0, 1, width, 0);
    pen.drawImage(this.#video, 0, 0, width, height);
    return this.#canvas.toDataURL("image/jpeg", quality).split(",")[1];
  }
}
