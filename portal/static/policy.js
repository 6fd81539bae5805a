// Where the picture is wider than its frame, the frame opens where the picture begins: at the topmost status.

const frame = document.querySelector(".diagram-frame");
const boxes = [...(frame?.querySelectorAll(".diagram-box") ?? [])];
if (boxes.length) {
  const topmost = boxes.reduce((one, other) => (other.y.baseVal.value < one.y.baseVal.value ? other : one));
  const box = topmost.getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  frame.scrollLeft += (box.left + box.right) / 2 - (view.left + view.right) / 2;
}
