// A click on a clip's timeline brings its video to that moment.
whenChanged.push(() => {
  const plot = document.querySelector("#timeline .js-plotly-plot");
  if (!plot?.on || plot.dataset.seeks) return;
  plot.dataset.seeks = "yes";
  plot.on("plotly_click", (click) => {
    const video = document.querySelector("#annotated-clip video");
    if (!video) return;
    video.currentTime = click.points[0].x;
    video.scrollIntoView({ block: "nearest" });
  });
});
