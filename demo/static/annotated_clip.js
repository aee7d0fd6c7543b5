// When a clip is done, it is brought into view. It has its height only when its first frame is there.
() => {
  const show = (tries) => {
    const video = document.querySelector("#annotated-clip video");
    if (video?.offsetParent && video.readyState >= 1) video.scrollIntoView({ block: "nearest" });
    else if (tries) setTimeout(show, 200, tries - 1);
  };
  show(50);
}
