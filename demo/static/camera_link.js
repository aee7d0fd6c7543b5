// How large the pictures are that are sent: on a slow link, smaller and smaller ones. camera.js, in
// the same script, asks.
const SIZES = [[640, 0.8], [480, 0.7], [320, 0.6], [240, 0.5]]; // longer side in px, quality
const SLOW_MS = 500; // on the way there and back
const QUICK_MS = 200; // well below half of it: the next size up takes about twice as long
const SLOW_FRAMES = 2; // in a row, until less is sent
const QUICK_FRAMES = 20; // until more is

class Link {
  size = 0; // of SIZES
  slow = 0; // replies in a row
  quick = 0;

  // After a reply that was so long on its way: 1 where the next size down is due, -1 up, else 0.
  step(ms) {
    this.slow = ms > SLOW_MS ? this.slow + 1 : 0;
    this.quick = ms < QUICK_MS ? this.quick + 1 : 0;
    const step = this.slow >= SLOW_FRAMES ? 1 : this.quick >= QUICK_FRAMES ? -1 : 0;
    return SIZES[this.size + step] ? step : 0;
  }

  change(step) {
    this.size += step;
    this.slow = this.quick = 0;
  }
}
