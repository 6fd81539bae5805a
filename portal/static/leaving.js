// Whoever leaves a page in which they typed something, by whatever way, finds it again: its form (data-keeps, the page's
// address) is sent to be kept, as one is that comes after its session ended. Without this script, the ways of a step save.

const KEEPS = "form[data-keeps]";
const GIVES_UP = "[data-gives-up], [data-forgets-drafts]";
const STAYS = "[data-stays]"; // hands over a file: the browser speaks of leaving, and the page stays
const keptTexts = new Map(); // what was sent to be kept by this leaving, by form
let onItsWay = null; // the form that is sent in the usual way
let givenUp = false; // by what says so, or by signing out
let stays = false; // the page, for what was pressed hands over a file

function differs(field) {
  if (["checkbox", "radio"].includes(field.type)) {
    return field.checked !== field.defaultChecked;
  }
  if (field instanceof HTMLSelectElement) {
    const shown = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(shown, 0);
  }
  return "defaultValue" in field && !["hidden", "file"].includes(field.type) && field.value !== field.defaultValue;
}

// A form that came back with what was typed in it shows nothing that is saved.
const isBegun = (form) => form.hasAttribute("data-unsaved") || [...form.elements].some(differs);

function keepWhatWasTyped() {
  const form = [...document.querySelectorAll(KEEPS)].filter((one) => one !== onItsWay && isBegun(one)).at(-1);
  if (!form || givenUp) {
    return;
  }
  const texts = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  if (keptTexts.get(form) === texts.toString()) {
    return;
  }
  keptTexts.set(form, texts.toString());
  // The page is mostly gone before the answer is there. Where it is not, what failed is sent once more.
  fetch(form.getAttribute("action"), {
    method: "POST", body: texts, headers: { "Left-Page": form.dataset.keeps }, keepalive: true, redirect: "manual",
  }).catch(() => keptTexts.delete(form));
}

function beginToLeave() {
  keptTexts.clear(); // the page is still there, so an earlier leaving came to nothing
  if (!stays) {
    keepWhatWasTyped();
  }
  stays = false;
}

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target : null;
  givenUp = Boolean(pressed?.closest(GIVES_UP));
  stays = Boolean(pressed?.closest(STAYS));
});
document.addEventListener("input", () => {
  onItsWay = null;
  givenUp = false;
});
// After every other listener has had its chance to hold the form back.
window.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) {
    onItsWay = event.target;
  }
});
window.addEventListener("pageshow", () => {
  keptTexts.clear();
  onItsWay = null;
  givenUp = false;
});
// The first comes before the next page is asked for; phones have only the second.
window.addEventListener("beforeunload", beginToLeave);
window.addEventListener("pagehide", keepWhatWasTyped);
