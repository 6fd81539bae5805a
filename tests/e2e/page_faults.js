// Returns a sentence for each thing that a reader would see as broken on the page in this window.
() => {
  const SLACK = 1.5; // pixels: rounding of fractions is no fault
  const faults = new Set();
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    faults.add(`The page scrolls sideways: ${root.scrollWidth} in a window of ${root.clientWidth}.`);
  }
  const modal = [...document.querySelectorAll("dialog")].find((one) => one.matches(":modal"));
  const scope = modal ?? document.body;
  const styles = new Map();
  const style = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element);
  const hides = (value) => value === "hidden" || value === "clip";
  const scrolls = (value) => value === "auto" || value === "scroll";
  const isUnseen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return style(element).clipPath !== "none" || (width <= 1 && height <= 1 && hides(style(element).overflowX));
  };
  const words = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 50));
  const name = (element) => {
    const id = element.id ? `#${element.id}` : "";
    return element.tagName.toLowerCase() + id + [...element.classList].map((one) => `.${one}`).join("");
  };

  const texts = [];
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest("script, style, noscript, option, optgroup, textarea, title, desc")) continue;
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
    const ancestors = [];
    for (let one = element; one && one !== root; one = one.parentElement) ancestors.push(one);
    if (!rects.length || ancestors.some(isUnseen)) continue;
    const layer = ancestors.find((one) => {
      const { position, backgroundColor } = style(one);
      return ["absolute", "fixed", "sticky"].includes(position) && !/(, 0\)|transparent)$/.test(backgroundColor);
    });
    texts.push({ node, element, rects, layer, ancestors });
  }

  for (const { node, rects, ancestors } of texts) {
    const text = words(node.data);
    let scrolled = false;
    for (const one of ancestors) {
      const box = one.getBoundingClientRect();
      const { overflowX, overflowY, display } = style(one);
      if (display === "inline") continue;
      for (const rect of rects) {
        const beside = rect.right > box.right + SLACK || rect.left < box.left - SLACK;
        const below = rect.bottom > box.bottom + rect.height / 4 || rect.top < box.top - rect.height / 4;
        if (!scrolled && hides(overflowX) && beside) faults.add(`${text} is cut at the side by ${name(one)}.`);
        if (!scrolled && hides(overflowY) && below) faults.add(`${text} is cut by ${name(one)}.`);
      }
      scrolled ||= scrolls(overflowX) || scrolls(overflowY);
    }
    const shown = rects.filter((rect) => rect.bottom > 0 || window.scrollY > 0);
    if (!scrolled && shown.some((rect) => rect.right > root.clientWidth + SLACK || rect.left < -SLACK)) {
      faults.add(`${text} is outside of the window.`);
    }
  }

  const pieces = texts.flatMap((one) => one.rects.map((rect) => ({ ...one, rect })));
  pieces.sort((one, other) => one.rect.top - other.rect.top);
  pieces.forEach((one, place) => {
    for (let next = place + 1; next < pieces.length && pieces[next].rect.top < one.rect.bottom; next += 1) {
      const other = pieces[next];
      if (one.node === other.node || one.layer !== other.layer) continue;
      const high = Math.min(one.rect.bottom, other.rect.bottom) - other.rect.top;
      const wide = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      // Boxes of lines that follow each other closely touch; their letters do not.
      if (wide > 2 && high > 0.35 * Math.min(one.rect.height, other.rect.height)) {
        faults.add(`${words(one.node.data)} lies over ${words(other.node.data)}.`);
      }
    }
  });

  for (const control of scope.querySelectorAll("button, .button, summary, .badge, .tab")) {
    if (control.checkVisibility() && style(control).display !== "inline"
        && control.scrollWidth > control.clientWidth + SLACK) {
      faults.add(`The words of ${name(control)} ${words(control.textContent)} do not fit into it.`);
    }
  }
  return [...faults];
}
