// Where scripts run, a chart that has its numbers beside it can be zoomed: drag across
// it, double-click to see all. Without scripts the drawing stays as it is.
(function () {
  "use strict";
  var style = getComputedStyle(document.documentElement);
  function colour(name) {
    return style.getPropertyValue("--" + name).trim();
  }
  document.querySelectorAll("script[data-zoom]").forEach(function (holder) {
    var figure = holder.closest("figure");
    var drawing = figure.querySelector("svg[role=img]");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "zoom";
    button.textContent = "Zoom";
    button.setAttribute("aria-label", "Zoom: " + drawing.querySelector("title").textContent);
    button.addEventListener("click", function () {
      var found = JSON.parse(holder.textContent);
      var place = document.createElement("div");
      place.className = "zoomed";
      figure.insertBefore(place, drawing);
      drawing.setAttribute("hidden", "");
      button.remove();
      var axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 } };
      var plot = new uPlot({
        width: figure.clientWidth,
        height: Math.round(figure.clientWidth / 3),
        cursor: { drag: { x: true, y: false } },
        axes: [axis, Object.assign({ size: 70 }, axis)],
        series: [{}].concat(found.lines.map(function (line) {
          return { label: line.name, stroke: colour(line.colour), width: 1 };
        }))
      }, [found.times].concat(found.lines.map(function (line) { return line.values; })), place);
      place.uplot = plot;
      addEventListener("resize", function () {
        plot.setSize({ width: figure.clientWidth, height: Math.round(figure.clientWidth / 3) });
      });
    });
    figure.querySelector("figcaption").append(button);
  });
})();
