// Tells what has the focus: its name, "" where nothing has it; whether it is the target, or lies behind it, so that
// the way back is the shorter one; and what is wrong with it for somebody who looks where they are.
(target) => {
  const here = document.activeElement;
  if (here === null || here === document.body || here === document.documentElement) {
    return { name: "", there: false, passed: false, fault: "" };
  }
  const name = here.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const there = here === target;
  const passed = target !== null && Boolean(here.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING);
  return { name, there, passed, fault: fault() };

  function fault() {
    const style = getComputedStyle(here);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    // The whole of the page takes the focus from the link that skips its head, and needs no mark.
    if (!outlined && style.boxShadow === "none" && here.id !== "main") {
      return `${name} has the focus and shows nothing of it`;
    }
    const boxes = [...here.getClientRects()].map(shown).filter((box) => box !== null);
    if (!boxes.length) {
      return `${name} has the focus out of sight`;
    }
    const over = boxes.map(([x, y]) => document.elementFromPoint(x, y));
    if (!over.some((top) => here.contains(top) || top?.closest("label")?.htmlFor === here.id)) {
      return `${name} has the focus beneath ${over[0]?.outerHTML.slice(0, 100)}`;
    }
    return "";
  }

  // The middle of what of a box lies in the window; none where that is less than a line of it.
  function shown(box) {
    const left = Math.max(box.left, 0), right = Math.min(box.right, document.documentElement.clientWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, document.documentElement.clientHeight);
    const enough = right - left > 1 && bottom - top >= Math.min(box.height - 1, 12) && box.width > 1;
    return enough ? [(left + right) / 2, (top + bottom) / 2] : null;
  }
}
