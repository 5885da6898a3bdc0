// Tables that are folded away are printed whole, and stay as they were on the screen.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const each of closed) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of closed) each.open = false;
});
// A place that is led to is unfolded.
const unfold = () => {
  const place = document.getElementById(location.hash.slice(1));
  const folded = place && place.closest("details:not([open])");
  if (folded) {
    folded.open = true;
    place.scrollIntoView();
  }
};
addEventListener("hashchange", unfold);
unfold();
