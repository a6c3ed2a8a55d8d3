"use strict";
// Everything works without this file: it spares a reload of the page and folds the tree rows of a table.
(function () {
  const root = document.documentElement;

  function dark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  }

  // The cookie lets the server draw the next page in the right theme from its first byte.
  function turnTheme(button) {
    const theme = dark() ? "light" : "dark";
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = "theme=" + theme + ";path=/;max-age=31536000;samesite=lax" + secure;
    const form = button.form;
    const body = new FormData(form);
    body.set("theme", theme);
    fetch(form.action, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" }).catch(function () {});
    document.querySelectorAll("[data-theme-button]").forEach(function (one) {
      one.value = theme === "dark" ? "light" : "dark";
    });
  }

  function fold(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    const name = button.dataset.tree;
    button.closest("table").querySelectorAll("tr.kid").forEach(function (row) {
      if (row.dataset.parent === name) row.hidden = !open;
    });
  }

  document.addEventListener("click", function (event) {
    const theme = event.target.closest("[data-theme-button]");
    if (theme) {
      event.preventDefault();
      turnTheme(theme);
      return;
    }
    const tree = event.target.closest("button[data-tree]");
    if (tree) fold(tree);
    document.querySelectorAll("details.pop[open], .more details[open]").forEach(function (box) {
      if (!box.contains(event.target)) box.open = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.pop[open], .more details[open]").forEach(function (box) {
      box.open = false;
      box.querySelector("summary").focus();
    });
  });

  // Rows of the second level start folded; without a script they stand open.
  function foldAll(where) {
    where.querySelectorAll('button[data-tree][data-fold="1"]').forEach(function (button) {
      button.dataset.fold = "0";
      fold(button);
    });
  }
  document.addEventListener("DOMContentLoaded", function () { foldAll(document); });
  // The question changed in place: its answer is read from the start, as after a reload.
  document.addEventListener("htmx:afterSettle", function (event) {
    foldAll(document);
    if (event.target.closest("[data-quiet]")) return; // a part that renews itself takes no focus
    // Sums that follow the typing leave the person in the cell.
    if (document.activeElement && document.activeElement.closest("[data-typing]")) return;
    const main = document.getElementById("main");
    if (main) main.focus({ preventScroll: true });
  });
  if (document.readyState !== "loading") foldAll(document);

  // A part that did not come says so: a refusal of the server is shown as its own page, silence as a line.
  function tellLost(lost) {
    const line = document.getElementById("lost");
    if (line) line.hidden = !lost;
  }
  document.addEventListener("htmx:responseError", function (event) {
    const asked = event.detail.requestConfig;
    if (asked.verb === "get" && !event.detail.elt.closest("[data-quiet]")) location.assign(event.detail.pathInfo.finalRequestPath);
    else tellLost(true);
  });
  ["htmx:sendError", "htmx:timeout", "htmx:historyCacheMissError"].forEach(function (name) {
    document.addEventListener(name, function () { tellLost(true); });
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful) tellLost(false);
  });
})();
