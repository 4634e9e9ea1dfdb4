const config = {displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]};
for (const script of document.querySelectorAll("script.charts")) {
  const panels = script.parentElement.querySelectorAll(".panels > div");
  JSON.parse(script.textContent).forEach((chart, index) =>
    // On a narrow panel the tools would cover the title.
    Plotly.newPlot(panels[index], chart.data, chart.layout,
      panels[index].clientWidth < 420 ? {...config, displayModeBar: false} : config));
}
for (const button of document.querySelectorAll("button.show-sql")) {
  button.addEventListener("click", () => {
    const sql = document.getElementById(button.getAttribute("aria-controls"));
    sql.hidden = !sql.hidden;
    button.setAttribute("aria-expanded", String(!sql.hidden));
    button.textContent = sql.hidden ? "Show the SQL" : "Hide the SQL";
  });
}
