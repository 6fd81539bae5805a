// An open page of a claim asks every 20 seconds whether the claim changed (htmx does so, by [data-news]). The claim's own page
// exchanges its parts; where a claim is reviewed a notice comes, and the page is left as it is. What somebody types in,
// unfolds or reads stays as it is and where it is. Without it, one loads anew.

const NEWS = "[data-news]";
const FOCUSABLE = "a[href], button, summary, input:not([type=hidden]), select, textarea";
let before = null;
let held = false;

const isNews = (event) => [event.target, event.detail?.elt].some((element) => element?.matches?.(NEWS));
const parts = () => [...document.querySelectorAll("[id^=claim-]")].filter((part) => part.matches("section"));

function changed(control) {
  if (control.type === "hidden") {
    return false;
  }
  if (control.type === "checkbox" || control.type === "radio") {
    return control.checked !== control.defaultChecked;
  }
  if (control.type === "select-one") {
    const chosen = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(chosen, 0);
  }
  return control.type === "file" ? control.files.length > 0 : control.value !== (control.defaultValue ?? control.value);
}

// Somebody is at a form: it is unfolded or came back with mistakes, holds the focus or what was typed, or sends files.
function inUse(form) {
  return form.closest("details")?.open
    || form.contains(document.activeElement)
    || form.querySelector("[role=alert], .upload-bar") !== null
    || [...form.elements].some(changed);
}
const busy = (part) => [...part.querySelectorAll("form")].some(inUse);

// Which of a part's elements of a kind it is, by its words, for the part that comes has others.
function named(element) {
  return `${element.closest("section[id]")?.id} ${element.tagName} ${element.getAttribute("href") ?? element.textContent.trim()}`;
}

function remember() {
  const seen = parts().map((part) => ({ id: part.id, box: part.getBoundingClientRect() }));
  // What is read begins above the window's edge, so its end is what must stay in place.
  const read = seen.find(({ box }) => box.top < 0 && box.bottom > 0);
  const next = seen.find(({ box }) => box.top >= 0);
  const focus = document.activeElement;
  return {
    anchor: read ? { id: read.id, edge: "bottom", at: read.box.bottom } : next && { id: next.id, edge: "top", at: next.box.top },
    focus: focus && focus !== document.body ? { element: focus, name: named(focus) } : null,
    unfolded: parts().flatMap((part) => [...part.querySelectorAll("details[open] > summary")]).map(named),
  };
}

function bringBack({ anchor, focus, unfolded }) {
  document.querySelectorAll("section[id] details > summary").forEach((summary) => {
    if (unfolded.includes(named(summary))) {
      summary.parentElement.open = true;
    }
  });
  if (focus && !focus.element.isConnected) {
    const same = [...document.querySelectorAll(`section[id] :is(${FOCUSABLE})`)].find((one) => named(one) === focus.name);
    same?.focus({ preventScroll: true });
  }
  const part = anchor && document.getElementById(anchor.id);
  if (part) {
    window.scrollBy({ top: part.getBoundingClientRect()[anchor.edge] - anchor.at, behavior: "instant" });
  }
}

// Nobody looks at a hidden page; it asks as soon as somebody does again.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isNews(event) && document.hidden) {
    event.preventDefault();
  }
});

// The oldest form of the page tells since when there is news for it.
document.addEventListener("htmx:configRequest", (event) => {
  if (isNews(event)) {
    const versions = [...document.querySelectorAll("section input[name=version]")].map((field) => Number(field.value));
    if (versions.length) {
      event.detail.path = event.detail.path.replace(/since=\d+/, `since=${Math.min(...versions)}`);
    }
  }
});

// Who was signed out is led to the sign-in page, unless that would take away what they typed.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isNews(event)) {
    return;
  }
  const typed = [...document.querySelectorAll("section form")].some((form) => [...form.elements]
    .some((control) => !control.dataset.draft && changed(control)));
  if (event.detail.xhr.status === 401 && typed) {
    event.preventDefault();
    const say = event.target.dataset;
    tell(event.target, say.saySignedOut, say.sayCopy);
  }
});

// The claim is not there any more, or the portal has a fault: the page stays, and stops asking where asking is no use.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isNews(event)) {
    return;
  }
  const { status } = event.detail.xhr;
  if (status >= 400) {
    event.preventDefault();
    if (status === 403 || status === 404) {
      const say = event.target.dataset;
      tell(event.target, say.sayGone, say.sayWhyGone);
    }
    return;
  }
  held = false;
  if (parts().length === 0) {
    return; // the notice comes above what is read, and the browser itself keeps that in place
  }
  before = remember();
  document.documentElement.style.overflowAnchor = "none"; // the browser would scroll a second time
});
document.addEventListener("htmx:sendError", (event) => {
  if (isNews(event)) {
    event.stopImmediatePropagation(); // it asks again; nobody waits for the answer
  }
}, true);

function tell(place, title, text) {
  const heading = Object.assign(document.createElement("h2"), { className: "notice-title", textContent: title });
  const sentence = Object.assign(document.createElement("p"), { textContent: text });
  const notice = Object.assign(document.createElement("div"), { className: "notice notice-attention" });
  notice.setAttribute("role", "status");
  notice.append(heading, sentence);
  place.replaceWith(notice);
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (before === null || !busy(target)) {
    return;
  }
  event.preventDefault();
  held = true;
  // Comments are read where they are answered: the list is new, the form below it stays.
  const list = target.querySelector("[data-comments]");
  const coming = fragment.querySelector("[data-comments]");
  if (list && coming && !busy(list)) {
    list.replaceWith(coming);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (before === null || !event.target.matches(NEWS)) {
    return;
  }
  bringBack(before);
  before = null;
  window.requestAnimationFrame(() => { document.documentElement.style.overflowAnchor = ""; });
  const notice = event.target.querySelector("[data-held]");
  if (notice && held) {
    notice.hidden = false;
  }
});
