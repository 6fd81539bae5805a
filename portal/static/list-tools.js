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

// Without a script the button sends the search; with one, typing does.
document.querySelectorAll("[data-only-without-script]").forEach((part) => { part.hidden = true; });

// Whoever is choosing in a menu is not interrupted by the answer to something else.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.querySelector("[data-menu][open]")?.contains(document.activeElement)) {
    event.detail.shouldSwap = false;
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  document.querySelectorAll("[data-only-without-script]").forEach((part) => { part.hidden = true; });
  showCurrentTab();
  // What was pressed may be gone, such as a filter taken away: go on at the number of claims found.
  if (document.activeElement === document.body) {
    event.detail.elt.querySelector("[data-focus-after]")?.focus({ preventScroll: true });
  }
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
