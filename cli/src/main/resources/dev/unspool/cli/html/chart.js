// SPDX-License-Identifier: Apache-2.0

// Charts that can be zoomed by dragging, by buttons, by two fingers, and read without being seen: uPlot draws the lines, and what
// is around them (legend, tools, numbers) is ordinary HTML, so that a keyboard and a screen reader find it.

const DASHES = {solid: [], dashed: [7, 4], dotted: [2, 3]};
const charts = [];

/**
 * A figure.
 *
 * chart.title, chart.x (name of the axis), chart.y (name of what is measured);
 * chart.time: whether x are milliseconds; chart.labels: what the points are called, by x;
 * chart.lines: [{name, colour, dash, width, alpha, x, y, smooth, lower, upper}];
 * chart.log: whether the height may be logarithmic; chart.logNow: whether it is at first;
 * chart.overview: whether a strip shows the whole and what of it is seen; chart.tools: more of them;
 * chart.sync: charts of one name share their cursor; chart.said: a sentence below it;
 * chart.events: [{x, colour, dash}], drawn from top to bottom
 */
class Chart {
  constructor(chart) {
    this.chart = chart;
    this.log = chart.logNow === true;
    this.hidden = new Set();
    this.plot = el('div', {class: 'plot', role: 'img'});
    this.strip = chart.overview ? el('div', {class: 'overview', 'aria-hidden': 'true'}) : null;
    this.legend = el('ul', {class: 'legend', 'aria-label': 'Lines'});
    this.numbers = el('details', {ontoggle: () => this.fillNumbers()}, el('summary', {}, 'Numbers'));
    this.element = el('figure', {class: `card chart${chart.wide ? ' wide' : ''}`}, this.caption(), this.plot, this.strip, this.legend,
      chart.said ? el('p', {class: 'small'}, chart.said) : null, this.numbers);
    charts.push(this);
  }

  /** Draws it, once it is in the page and has a width. */
  start() {
    this.set(this.chart.lines);
    this.fingers();
    new ResizeObserver(() => this.resize()).observe(this.plot);
  }

  caption() {
    const tool = (label, text, action, way = null) => el('button', {type: 'button', class: way, 'aria-label': label, title: label, onclick: action}, text);
    const log = el('button', {type: 'button', 'aria-pressed': String(this.log), onclick: () => {
      this.log = !this.log;
      log.setAttribute('aria-pressed', String(this.log));
      this.draw();
    }}, 'log');
    return el('figcaption', {},
      el('h3', {}, this.chart.title),
      el('div', {class: 'tools'},
        ...(this.chart.tools ?? []),
        this.chart.log ? log : null,
        tool('Earlier', '←', () => this.move(-0.5), 'move'),
        tool('Later', '→', () => this.move(0.5), 'move'),
        tool('Zoom in', '+', () => this.zoom(0.5)),
        tool('Zoom out', '−', () => this.zoom(2)),
        tool('Show all', 'all', () => this.show(...this.whole()))));
  }

  /** Shows these lines in place of those before; what was seen of them stays where it can. */
  set(lines, y = this.chart.y) {
    this.chart.lines = lines;
    this.chart.y = y;
    this.draw();
    this.fillLegend();
    this.point(this.u);
    this.plot.setAttribute('aria-label', this.inWords());
    this.numbers.open = false;
    this.numbers.querySelector('.scroll')?.remove();
  }

  /** Shows the same lines with other points, more of them or others; what is zoomed stays. */
  grow(lines, events) {
    this.chart.events = events;
    const shape = all => all.map(line => [line.name, Boolean(line.lower)]).join('\n');
    if (shape(lines) !== shape(this.chart.lines)) {
      this.set(lines);
      return;
    }
    const seen = this.isZoomed() ? [this.u.scales.x.min, this.u.scales.x.max] : null;
    this.chart.lines = lines;
    this.data = this.columns();
    for (const u of [this.u, this.over]) {
      u?.setData(this.data);
    }
    if (seen) {
      this.show(...seen);
    }
    this.point(this.u);
    this.plot.setAttribute('aria-label', this.inWords());
  }

  /** The lines as uPlot takes them. */
  columns() {
    const data = joined(this.chart.lines);
    return this.log ? data.map((column, i) => (i === 0 ? column : column.map(y => (y <= 0 ? null : y)))) : data;
  }

  /** What has happened, across the lines. */
  drawEvents() {
    const {ctx, bbox} = this.u;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const event of this.chart.events ?? []) {
      if (event.x >= this.u.scales.x.min && event.x <= this.u.scales.x.max) {
        const x = Math.round(this.u.valToPos(event.x, 'x', true));
        ctx.strokeStyle = colour(event.colour);
        ctx.setLineDash(DASHES[event.dash ?? 'solid'].map(length => length * devicePixelRatio));
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  }

  draw() {
    const seen = this.u && this.isZoomed() ? [this.u.scales.x.min, this.u.scales.x.max] : null;
    this.u?.destroy();
    this.over?.destroy();
    this.data = this.columns();
    this.u = new uPlot(this.options(), this.data, this.plot);
    if (this.strip) {
      this.fitted = null;
      this.over = new uPlot(this.stripOptions(), this.data, this.strip);
      this.over.over.addEventListener('pointerdown', () => {
        this.pulled = true;
      });
    }
    if (seen) {
      this.show(...seen);
    }
  }

  size() {
    const width = Math.max(200, Math.floor(this.plot.clientWidth));
    return {width, height: Math.round(Math.min(380, Math.max(240, width * 0.42)))};
  }

  resize() {
    const size = this.size();
    if (this.u && size.width !== this.u.width) {
      this.u.setSize(size);
      this.over?.setSize({width: size.width, height: 56});
    }
  }

  /** What is drawn, in the order of the columns: a line, then the edges of its band. */
  series() {
    const series = [{}];
    const bands = [];
    this.chart.lines.forEach((line, i) => {
      const show = !this.hidden.has(line.name);
      const stroke = {
        show,
        stroke: () => colour(line.colour, line.alpha ?? 1),
        width: (line.width ?? 1.8) * (this.plot.clientWidth < 500 ? 0.75 : 1),
        dash: DASHES[line.dash ?? 'solid'],
        points: {show: () => this.chart.lines[i].x.length <= 60, size: 5, fill: () => colour(line.colour)},
        line: i,
      };
      const noise = {...stroke, stroke: () => colour(line.colour, 0.3), width: 1, dash: []};
      const edge = {show, width: 0, points: {show: false}, line: i};
      columnsOf(line).forEach((column, at) => {
        const kind = at === 0 ? (line.smooth ? noise : stroke) : at === 1 && line.smooth ? stroke : edge;
        series.push({...kind, label: column.label});
      });
      if (line.lower) {
        bands.push({series: [series.length - 2, series.length - 1], fill: () => colour(line.colour, 0.18)});
      }
    });
    return {series, bands};
  }

  axes() {
    const axis = {
      stroke: () => colour('quiet'),
      grid: {stroke: () => colour('grid'), width: 1},
      ticks: {stroke: () => colour('grid'), width: 1, size: 4},
      font: '12px system-ui, sans-serif',
      labelFont: '12px system-ui, sans-serif',
    };
    const time = {
      splits: (u, _, from, to) => timeMarks(from, to, Math.max(2, u.width / 90)),
      values: (_, marks) => timeLabels(marks),
      size: 46,
    };
    const plain = {values: (_, marks) => marks.map(digits), label: this.chart.x, labelSize: 18, size: 34};
    const whole = {incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500].concat([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap(n => [n, 2 * n, 5 * n]))};
    return [
      {...axis, ...(this.chart.time ? time : {...plain, ...whole, space: 70})},
      {
        ...axis,
        label: this.chart.y,
        labelSize: 18,
        values: (_, marks) => marks.map(mark => (mark === null ? '' : digits(mark))),
        size: (u, labels) => 12 + 7 * Math.max(3, ...(labels ?? []).map(label => String(label).length)),
      },
    ];
  }

  options() {
    return {
      ...this.size(),
      ...this.series(),
      axes: this.axes(),
      legend: {show: false},
      scales: {
        x: {time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to])},
        y: this.log ? {distr: 3, range: (_, from, to) => uPlot.rangeLog(from, to, 10, false)} : {},
      },
      cursor: {
        drag: {x: true, y: false, dist: 5},
        focus: {prox: 30},
        y: false,
        ...(this.chart.sync ? {sync: {key: this.chart.sync, scales: ['x', null]}} : {}),
      },
      hooks: {draw: [() => this.fit(), () => this.drawEvents()], setCursor: [u => this.point(u)], setScale: [(_, key) => key === 'x' && this.seen()]},
    };
  }

  /** The strip below: the whole in small, and a window on it that can be drawn anew by dragging. */
  stripOptions() {
    const {series} = this.series();
    return {
      width: this.size().width,
      height: 56,
      series: series.map(one => ({...one, width: one.width ? 1 : 0, points: {show: false}})),
      axes: [{show: false}, {show: false, size: 0}],
      padding: [2, () => this.margins()[1], 2, () => this.margins()[0]], // as wide as what it is a strip of
      legend: {show: false},
      scales: {x: {time: false}},
      cursor: {x: false, y: false, points: {show: false}, drag: {x: true, y: false, setScale: false}},
      hooks: {draw: [() => this.seen()], setSelect: [u => {
        // Also called when the window on the strip is placed by us or by a new width; only a hand shows something else.
        if (this.pulled && u.select.width > 0) {
          this.show(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
        }
        this.pulled = false;
      }]},
    };
  }

  /** What is left and right of the lines. */
  margins() {
    const {left, width} = this.u.bbox;
    return [left / devicePixelRatio, this.u.width - (left + width) / devicePixelRatio];
  }

  /** Makes the strip as wide as the lines above it are now, which depends on the labels beside them. */
  fit() {
    if (this.over) {
      const margins = this.margins().join();
      if (margins !== this.fitted) {
        this.fitted = margins;
        this.over.setSize({width: this.u.width, height: this.over.height});
      }
    }
  }

  // What of it is seen.

  whole() {
    const x = this.data[0];
    return [x[0], x[x.length - 1]];
  }

  isZoomed() {
    const [from, to] = this.whole();
    return this.u.scales.x.min > from || this.u.scales.x.max < to;
  }

  show(from, to) {
    const [first, last] = this.whole();
    if (!(to > from)) {
      return;
    }
    // Not narrower than a few points, and not beyond the ends.
    const least = (4 * (last - first)) / Math.max(4, this.data[0].length);
    const width = Math.min(Math.max(to - from, least), last - first);
    const at = Math.min(Math.max((from + to) / 2 - width / 2, first), last - width);
    this.u.setScale('x', {min: at, max: at + width});
  }

  zoom(factor) {
    const {min, max} = this.u.scales.x;
    const middle = (min + max) / 2;
    this.show(middle - ((max - min) / 2) * factor, middle + ((max - min) / 2) * factor);
  }

  move(part) {
    const {min, max} = this.u.scales.x;
    this.show(min + part * (max - min), max + part * (max - min));
  }

  /** Tells the strip what is seen. */
  seen() {
    if (this.over && this.over.bbox.height > 0 && this.u.scales.x.min !== null) {
      const left = Math.max(0, this.over.valToPos(this.u.scales.x.min, 'x'));
      const right = this.over.valToPos(this.u.scales.x.max, 'x');
      this.over.setSelect({left, width: right - left, top: 0, height: this.over.over.clientHeight}, false);
    }
  }

  /** Two fingers zoom, one moves what is zoomed; a page that is scrolled stays so. */
  fingers() {
    const down = new Map();
    let begin = null;
    const restart = () => {
      begin = {min: this.u.scales.x.min, max: this.u.scales.x.max, at: [...down.values()]};
    };
    this.plot.addEventListener('pointerdown', event => {
      if (event.pointerType === 'touch') {
        down.set(event.pointerId, event.clientX);
        restart();
      }
    });
    this.plot.addEventListener('pointermove', event => {
      if (!down.has(event.pointerId)) {
        return;
      }
      down.set(event.pointerId, event.clientX);
      const now = [...down.values()];
      const width = this.u.over.clientWidth;
      const scale = (begin.max - begin.min) / width;
      if (now.length === 1) {
        const moved = (begin.at[0] - now[0]) * scale;
        this.show(begin.min + moved, begin.max + moved);
      } else {
        const [before, after] = [begin.at, now].map(([a, b]) => Math.max(20, Math.abs(a - b)));
        const left = this.u.over.getBoundingClientRect().left;
        const middle = begin.min + ((begin.at[0] + begin.at[1]) / 2 - left) * scale;
        this.show(middle - ((middle - begin.min) * before) / after, middle + ((begin.max - middle) * before) / after);
      }
    });
    for (const end of ['pointerup', 'pointercancel']) {
      this.plot.addEventListener(end, event => {
        down.delete(event.pointerId);
        restart();
      });
    }
  }

  // What stands around it.

  fillLegend() {
    this.at = el('li', {class: 'at'});
    this.values = this.chart.lines.map(() => el('output', {'aria-live': 'off'}));
    this.legend.replaceChildren(
      ...this.chart.lines.map((line, i) => {
        const swatch = el('span', {class: `swatch ${line.dash ?? 'solid'}`});
        swatch.style.borderColor = `var(--${line.colour})`;
        const button = el('button', {type: 'button', 'aria-pressed': String(!this.hidden.has(line.name)), onclick: () => {
          const show = this.hidden.has(line.name);
          this.hidden[show ? 'delete' : 'add'](line.name);
          button.setAttribute('aria-pressed', String(show));
          for (const u of [this.u, this.over]) {
            u?.series.forEach((one, at) => one.line === i && u.setSeries(at, {show}));
          }
        }}, swatch, line.name, this.values[i]);
        return el('li', {}, button);
      }),
      this.at);
  }

  name(x) {
    const label = this.chart.labels?.get(x);
    return label || (this.chart.time ? new Date(x).toISOString().slice(0, 16).replace('T', ' ') : `${this.chart.x} ${digits(x)}`);
  }

  /** Shows the values under the cursor; without one the last ones. */
  point(u) {
    if (!this.values) {
      return;
    }
    const at = u.cursor.idx ?? null;
    this.at.textContent = at === null ? '' : this.name(u.data[0][at]);
    u.series.forEach((one, i) => {
      if (i > 0 && one.label === this.chart.lines[one.line].name) {
        const value = at === null ? u.data[i].findLast(y => y !== null && y !== undefined) : u.data[i][at];
        this.values[one.line].textContent = number(value);
      }
    });
  }

  /** What there is to see, for who does not see it. */
  inWords() {
    const lines = this.chart.lines.slice(0, 8).map(line => {
      const known = line.x.map((x, i) => [x, line.y[i]]).filter(([, y]) => y !== null);
      if (known.length === 0) {
        return `${line.name}: no values`;
      }
      const least = known.reduce((a, b) => (b[1] < a[1] ? b : a));
      const most = known.reduce((a, b) => (b[1] > a[1] ? b : a));
      const [first, last] = [known[0], known[known.length - 1]];
      return `${line.name}: from ${number(first[1])} (${this.name(first[0])}) to ${number(last[1])} (${this.name(last[0])}), least ${number(least[1])} (${this.name(least[0])}), most ${number(most[1])} (${this.name(most[0])})`;
    });
    return `${this.chart.title}: ${this.chart.y} by ${this.chart.time ? 'time' : this.chart.x}. ${lines.join('. ')}.`;
  }

  fillNumbers() {
    if (!this.numbers.open || this.numbers.querySelector('.scroll')) {
      return;
    }
    const most = 200;
    const data = joined(this.chart.lines);
    const stride = Math.ceil(data[0].length / most);
    const names = this.u.series.slice(1).map(one => one.label);
    const rows = [];
    for (let i = 0; i < data[0].length; i += stride) {
      rows.push(el('tr', {}, el('th', {scope: 'row'}, this.name(data[0][i])), ...data.slice(1).map(column => el('td', {}, number(column[i])))));
    }
    this.numbers.append(
      scroll(
        `Numbers of ${this.chart.title}`,
        stride > 1 ? el('p', {class: 'small'}, `One of ${stride} points; there are ${digits(data[0].length)}.`) : null,
        el('table', {},
          el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, this.chart.time ? 'time' : this.chart.x), ...names.map(name => el('th', {scope: 'col'}, name)))),
          el('tbody', {}, ...rows))));
  }
}

/** Draws everything again in the colours of the theme that is on now. */
function recolour() {
  charts.forEach(chart => [chart.u, chart.over].forEach(u => u?.redraw(false)));
}
