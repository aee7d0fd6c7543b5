// When a clip is done: it is brought into view, and a click on its timeline brings the video to
// that moment. The video and the plot of a second clip take the place of the first one's some time
// after this is called, so they are looked for more than once.
() => {
  const attach = (tries) => {
    const plot = document.querySelector("#timeline .js-plotly-plot");
    if (plot?.on && !plot.dataset.seeks) {
      plot.dataset.seeks = "yes";
      plot.on("plotly_click", (click) => {
        const video = document.querySelector("#annotated-clip video");
        if (!video) return;
        video.currentTime = click.points[0].x;
        video.scrollIntoView({ block: "nearest" });
      });
    }
    if (tries) setTimeout(attach, 200, tries - 1);
  };
  // It has its height only when its first frame is there.
  const show = (tries) => {
    const video = document.querySelector("#annotated-clip video");
    if (video?.offsetParent && video.readyState >= 1) video.scrollIntoView({ block: "nearest" });
    else if (tries) setTimeout(show, 200, tries - 1);
  };
  attach(50);
  show(50);
}
