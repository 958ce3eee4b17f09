// Everything on this page can be read without this script: it opens what a link points at, and filters lists.
(function () {
  "use strict";
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  document.querySelectorAll("[data-search]").forEach(function (input) {
    input.closest(".search").hidden = false;
    var items = document.querySelectorAll(input.dataset.search);
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      items.forEach(function (item) {
        var text = item.dataset.text;
        if (text === undefined) { item.open = item.open || words.length > 0; return; }
        text = text.toLowerCase();
        item.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      });
      document.querySelectorAll(".rest").forEach(function (rest) { if (words.length) rest.open = true; });
    });
  });

  // The map is one stop for the tab key; arrows go through it.
  document.querySelectorAll("[data-map]").forEach(function (map) {
    var cells = Array.prototype.slice.call(map.querySelectorAll("a"));
    function stop(at) {
      cells.forEach(function (cell, number) { cell.tabIndex = number === at ? 0 : -1; });
    }
    function across() {
      return cells.filter(function (cell) { return cell.offsetTop === cells[0].offsetTop; }).length;
    }
    map.addEventListener("keydown", function (event) {
      var at = cells.indexOf(document.activeElement);
      var steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across(), ArrowUp: -across(), Home: -at, End: cells.length - 1 - at };
      var to = cells[at + steps[event.key]];
      if (!to) return;
      event.preventDefault();
      stop(cells.indexOf(to));
      to.focus();
    });
    map.addEventListener("focusin", function (event) { stop(cells.indexOf(event.target)); });
    stop(0);
  });

  addEventListener("beforeprint", function () {
    document.querySelectorAll("#drill .revision.bad, #drill .revision.notice").forEach(function (one) { one.open = true; });
  });
})();
