// How large the pictures are that are sent: on a slow link, smaller and smaller ones. camera.js, in
// the same script, asks.
const SIZES = [[640, 0.8], [480, 0.7], [320, 0.6], [240, 0.5]]; // longer side in px, quality
const SLOW_MS = 500; // on the way there and back
const SLOW_FRAMES = 2; // in a row, until less is sent
const QUICK_MS = 200; // well below half of it: the next size up takes about twice as long
const QUICK_FRAMES = 20; // until more is
const BETWEEN = 1 / 4; // of a quick frame: one between the two, as all are of a server far away

class Link {
  size = 0; // of SIZES
  slow = 0; // replies in a row
  quick = 0;
  enough = QUICK_FRAMES; // doubled each time that more turns out to be too much
  tried = false; // whether the last change was to more, and it is not known yet whether too much

  // After a reply that was so long on its way: 1 where the next size down is due, -1 up, else 0.
  step(ms) {
    this.slow = ms > SLOW_MS ? this.slow + 1 : 0;
    this.quick = ms > SLOW_MS ? 0 : this.quick + (ms < QUICK_MS ? 1 : BETWEEN);
    const step = this.slow >= SLOW_FRAMES ? 1 : this.quick >= this.enough ? -1 : 0;
    if (this.tried && this.quick >= this.enough) {
      this.tried = false; // it was not too much
      this.enough = QUICK_FRAMES;
    }
    return SIZES[this.size + step] ? step : 0;
  }

  change(step) {
    if (this.tried && step > 0) this.enough *= 2;
    this.tried = step < 0;
    this.size += step;
    this.slow = this.quick = 0;
  }
}
