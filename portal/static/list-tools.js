// The toolbar of a list: menus that close as menus do, and swaps that take nothing away from who is busy in them.

function closeMenus(except) {
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    if (menu !== except) {
      menu.open = false;
    }
  });
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("[data-menu]")));

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The answer shows what the menu asked for; the menu has done its work.
document.addEventListener("submit", () => closeMenus());

// Whoever is choosing in a menu is not interrupted by the answer to something else.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.querySelector("[data-menu][open]")?.contains(document.activeElement)) {
    event.detail.shouldSwap = false;
  }
});

// Claims chosen by their boxes stay chosen while the list is sorted or searched, as far as it still shows them.
let chosen = new Set();

const boxes = () => [...document.querySelectorAll("[data-row-choice]")];

function showChosen() {
  const all = boxes();
  const number = all.filter((box) => box.checked).length;
  chosen = new Set(all.filter((box) => box.checked).map((box) => box.value));
  const whole = document.querySelector("[data-choose-all]");
  const form = document.querySelector("[data-selection]");
  if (whole && form) {
    whole.hidden = false;
    whole.checked = number > 0 && number === all.length;
    whole.indeterminate = number > 0 && number < all.length;
    form.hidden = number === 0;
    form.classList.add("is-begun");
    const deletes = form.querySelector("[data-deletes]");
    if (deletes) {
      deletes.hidden = !all.some((box) => box.checked && box.hasAttribute("data-deletable"));
    }
    const told = form.querySelector("[data-chosen]");
    told.textContent = number === 1 ? told.dataset.sayOne : told.dataset.sayMore.replace("%(number)s", number);
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-all]")) {
    boxes().forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-choose-all], [data-row-choice]")) {
    showChosen();
  }
});

window.addEventListener("pageshow", showChosen);

document.addEventListener("htmx:afterSettle", () => {
  boxes().forEach((box) => { box.checked = chosen.has(box.value); });
  showChosen();
  showCurrentTab();
});

// On a phone the tabs scroll; the one in force is to be seen.
function showCurrentTab() {
  const tab = document.querySelector("[data-tabs] [aria-current]");
  if (tab) {
    const frame = tab.parentElement;
    frame.scrollLeft = tab.offsetLeft - (frame.clientWidth - tab.offsetWidth) / 2 - frame.offsetLeft;
  }
}
showCurrentTab();
