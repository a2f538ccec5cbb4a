// SPDX-License-Identifier: Apache-2.0

// Lines as columns of a table, which is how uPlot takes them.

const NOISY = 300;

/** What is below the noise of a line of many points: the median of those around each; null for a line of few. */
function smoothed(y) {
  if (y.length < NOISY) {
    return null;
  }
  const reach = Math.ceil(y.length / 120);
  return y.map((value, i) => {
    const around = y.slice(Math.max(0, i - reach), i + reach + 1).filter(each => each !== null).sort((a, b) => a - b);
    return value === null ? null : around[Math.floor(around.length / 2)];
  });
}

/** What is drawn of a line, each a column: its points, what is below their noise, the edges of its band. */
function columnsOf(line) {
  const columns = [{label: line.name, y: line.y}];
  if (line.smooth) {
    columns.push({label: `${line.name}, smoothed`, y: line.smooth});
  }
  if (line.lower) {
    columns.push({label: `${line.name}, upper`, y: line.upper}, {label: `${line.name}, lower`, y: line.lower});
  }
  return columns;
}

/** Lines with points of their own as one table over all of their points, as uPlot takes it. */
function joined(lines) {
  return uPlot.join(lines.flatMap(line => columnsOf(line).map(column => [line.x, column.y])));
}
