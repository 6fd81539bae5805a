// What is typed in a text with data-draft stays in this browser tab until it is sent or the person signs out, so that
// it survives a reload and an ended session. Without it the text is a plain field.

const SENT = " sent";

const keyOf = (field) => `draft:${field.dataset.draft}`;
const plain = (text) => text.replace(/\s+/g, " ").trim();

function keep(field) {
  if (field.value.trim()) {
    sessionStorage.setItem(keyOf(field), field.value);
  } else {
    sessionStorage.removeItem(keyOf(field));
  }
  sessionStorage.removeItem(keyOf(field) + SENT);
}

// A text that was sent has arrived where the page tells of success, or where it stands among the comments; one that was
// sent in vain is still a draft.
function arrived(field, text) {
  const sent = sessionStorage.getItem(keyOf(field) + SENT);
  sessionStorage.removeItem(keyOf(field) + SENT);
  const own = [...document.querySelectorAll("[data-comments] .is-own")];
  return sent && own.some((comment) => plain(comment.textContent) === plain(text));
}

// What was sent with success may have had its field on a form that is not there any more, and may be there again one day.
function forgetWhatArrived() {
  if (document.querySelector("#flashes .notice-success")) {
    // A text for another claim, whose page was left before it arrived, is still a draft.
    const here = (key) => window.location.pathname.includes(key.split(":")[2]);
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft:") && key.endsWith(SENT) && here(key)).forEach((key) => {
      sessionStorage.removeItem(key);
      sessionStorage.removeItem(key.slice(0, -SENT.length));
    });
  }
}

function restore(field) {
  const text = sessionStorage.getItem(keyOf(field));
  if (field.value.trim()) {
    keep(field); // the form came back with what was typed
  } else if (text && arrived(field, text)) {
    sessionStorage.removeItem(keyOf(field));
  } else if (text) {
    field.value = text;
    const told = document.createElement("p");
    told.className = "field-hint";
    told.textContent = field.dataset.sayBack;
    field.after(told);
    const folded = field.closest("details");
    if (folded) {
      folded.open = true;
    }
  }
}

const fields = (root) => root.querySelectorAll("textarea[data-draft]");

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-draft]")) {
    keep(event.target);
  }
});
document.addEventListener("submit", (event) => {
  fields(event.target).forEach((field) => sessionStorage.setItem(keyOf(field) + SENT, "yes"));
});
// Parts of the page that are exchanged bring fields of their own.
document.addEventListener("htmx:oobAfterSwap", (event) => fields(event.target).forEach(restore));
forgetWhatArrived();
fields(document).forEach(restore);
