// Puts a suggested sentence into the text of its form. Without this script the sentences stand there to be copied.

function showButtons(part) {
  part.querySelectorAll("[data-takes]").forEach((button) => { button.hidden = false; });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-takes]");
  const text = button?.form?.querySelector("textarea");
  if (!text) {
    return;
  }
  const sentence = document.getElementById(button.dataset.takes).textContent.trim();
  const typed = text.value.trimEnd();
  if (!typed.includes(sentence)) {
    text.value = typed ? `${typed}\n${sentence}` : sentence;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
});

document.addEventListener("DOMContentLoaded", () => showButtons(document));
document.addEventListener("htmx:afterSettle", (event) => showButtons(event.detail.elt));
