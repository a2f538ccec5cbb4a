// SPDX-License-Identifier: Apache-2.0

// A stream while it runs. Events come about once a second; the server keeps the newest few hundred for whoever comes late, and
// the page keeps as many, so that it may be left open for months.

const MOST_STATUSES = 300;
const MOST_ROWS = 600;
const MOST_KEYS = 32;
const BASELINES = [['c1', 'dashed'], ['c3', 'dotted'], ['c4', 'dashed'], ['c5', 'dotted']];

let statuses = [];
let rows = new Map(); // by key: {rows, times, targets: [{truth, horizons: [{prediction, lower, upper}]}]}
let newest = null; // the newest event
let heardAt = 0;
let connected = false;
const chosen = {key: null, target: 0, horizon: 0};

// What comes

function clear() {
  statuses = [];
  rows = new Map();
  newest = null;
}

function take(told) {
  newest = told;
  heardAt = Date.now();
  if (statuses.at(-1)?.records === told.status.records) {
    statuses.pop(); // nothing has come since
  }
  statuses = [...statuses, told.status].slice(-MOST_STATUSES);
  told.seen.forEach(see);
}

/** Puts rows behind those of the same key. */
function see(seen) {
  const known = rows.get(seen.key);
  const after = known && known.rows.at(-1) < seen.rows[0] ? known : null; // else it has begun anew
  const join = (before, more) => [...(before ?? []), ...more].slice(-MOST_ROWS);
  rows.delete(seen.key);
  rows.set(seen.key, {
    rows: join(after?.rows, seen.rows),
    times: seen.times ? join(after?.times, seen.times) : null,
    targets: seen.targets.map((target, t) => ({
      truth: join(after?.targets[t].truth, target.truth),
      horizons: target.horizons.map((said, h) => Object.fromEntries(['prediction', 'lower', 'upper'].map(
        part => [part, join(after?.targets[t].horizons[h][part], said[part])]))),
    })),
  });
  if (rows.size > MOST_KEYS) {
    rows.delete(rows.keys().next().value); // the one that has been silent for longest
  }
}

// What is shown

const name = () => (data.targets.length > 1 ? data.targets[chosen.target] : data.targets[0]);
const ahead = () => `${data.horizons[chosen.horizon]} ahead`;

function predictionLines() {
  const seen = rows.get(chosen.key ?? rows.keys().next().value);
  const target = seen?.targets[chosen.target];
  const said = target?.horizons[chosen.horizon];
  const x = seen?.rows ?? [];
  return [
    {name: 'truth', colour: 'truth', width: 1.4, x, y: target?.truth ?? []},
    {name: 'prediction', colour: 'c2', x, y: said?.prediction ?? [], lower: said?.lower ?? [], upper: said?.upper ?? []},
  ];
}

function figuresOf(status) {
  return status.figures[chosen.target * data.horizons.length + chosen.horizon];
}

function errorLines() {
  const x = statuses.map(status => status.records);
  const of = each => statuses.map(status => each(figuresOf(status).lately) ?? null);
  const names = [...new Set(statuses.flatMap(status => Object.keys(figuresOf(status).lately.baselines)))];
  return [
    {name: 'this model', colour: 'c2', width: 2.4, x, y: of(errors => errors.mae)},
    {name: 'combined', colour: 'c6', width: 2.4, x, y: of(errors => errors.combined)},
    ...names.map((baseline, i) => {
      const [colour, dash] = BASELINES[i % BASELINES.length];
      return {name: baseline.replaceAll('-', ' '), colour, dash, width: 1.6, x, y: of(errors => errors.baselines[baseline])};
    }),
  ];
}

function rateLines() {
  return [{name: 'records a second', colour: 'c2', x: statuses.map(status => status.records), y: statuses.map(status => status.records_per_second)}];
}

function driftLines() {
  return [{name: 'drift', colour: 'c2', x: statuses.map(status => status.records), y: statuses.map(status => figuresOf(status).drift)}];
}

/** Where a number of each status is another one than before: that is when it has happened. */
function changes(of, at, look) {
  return statuses.flatMap((status, i) => (i > 0 && of(status) > of(statuses[i - 1]) ? [{x: at(status), ...look}] : []));
}

const alarms = () => changes(status => figuresOf(status).alarms, status => status.records, {colour: 'c8'});
const snapshots = () => changes(status => status.snapshot, status => status.snapshot, {colour: 'c3', dash: 'dotted'});

const keyChoice = el('span');
const labels = new Map();
const charted = {
  prediction: new Chart({
    title: 'Truth and prediction', x: 'row', y: name(), wide: true, lines: predictionLines(), labels, overview: true,
    said: `What was said of each row before it came. The band holds ${number(100 * data.band)} of 100 truths. Of a stream that is faster than a page, some rows.`,
    tools: [
      choice('of', data.targets.map((target, i) => [i, target]), i => choose('target', i)),
      choice('rows ahead', data.horizons.map((horizon, i) => [i, String(horizon)]), i => choose('horizon', i)),
      keyChoice,
    ].filter(tool => tool !== null),
  }),
  errors: new Chart({
    title: 'Error', x: 'record', y: 'mean absolute error', wide: true, lines: errorLines(), log: true, sync: 'record',
    said: 'Of the newest rows, each judged before it teaches; weights fade over 1000. A red line is an alarm: the error has grown.',
  }),
  rate: new Chart({title: 'Speed', x: 'record', y: 'records a second', lines: rateLines(), sync: 'record', said: 'A dotted line is a snapshot.'}),
  drift: new Chart({title: 'Drift', x: 'record', y: 'part of the way to an alarm', lines: driftLines(), sync: 'record'}),
};

function choose(what, value) {
  chosen[what] = value;
  draw();
}

/** Lets a key be chosen once there are several. */
function offerKeys() {
  const keys = [...rows.keys()].sort();
  if (keyChoice.dataset.keys !== JSON.stringify(keys)) {
    keyChoice.dataset.keys = JSON.stringify(keys);
    chosen.key = rows.has(chosen.key) ? chosen.key : keys[0];
    const offered = choice('key', keys.map(key => [key, key]), key => choose('key', key));
    keyChoice.replaceChildren(...(offered ? [offered] : []));
    if (offered) {
      offered.querySelector('select').selectedIndex = keys.indexOf(chosen.key);
    }
  }
}

function labelled() {
  labels.clear();
  const seen = rows.get(chosen.key ?? rows.keys().next().value);
  seen?.times?.forEach((time, i) => labels.set(seen.rows[i], `row ${seen.rows[i]}, ${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}`));
}

const notice = el('p', {class: 'notice', role: 'status', hidden: true});
const tiles = el('dl', {class: 'tiles'});
const table = el('div', {class: 'card wide'});

function tile(title, value, more = '') {
  return el('div', {class: 'tile'}, el('dt', {}, title), el('dd', {}, value, more ? el('span', {class: 'small'}, ` ${more}`) : ''));
}

function ago(seconds) {
  return seconds === null || seconds === undefined ? '' : seconds < 120 ? `${Math.round(seconds)} s ago` : `${Math.round(seconds / 60)} min ago`;
}

function fillTiles() {
  const status = newest.status;
  const incidents = Object.entries(status.incidents);
  const waited = (Date.now() - heardAt) / 1000;
  tiles.replaceChildren(
    tile('Records', digits(status.records), status.unusable ? `${digits(status.unusable)} unusable` : ''),
    tile('A second', digits(Math.round(status.records_per_second))),
    data.keyed ? tile('Keys', digits(status.keys)) : '',
    tile('Updates', digits(status.updates)),
    tile('Snapshot', `of record ${digits(status.snapshot)}`, newest.snapshot_seconds === undefined ? '' : ago(newest.snapshot_seconds + waited)),
    tile('Incidents', incidents.length ? incidents.map(([kind, count]) => `${digits(count)} ${kind}`).join(', ') : 'none'),
    tile('Heap', `${digits(Math.round(newest.heap_bytes / 1048576))} MiB`));
}

/** What is wrong, if anything is. */
function fillNotice() {
  const problem = !connected ? 'Not connected to the stream: it has ended, or cannot be reached. Trying again.'
    : newest && !newest.health.ok ? `${newest.health.state.replaceAll('-', ' ')}: ${newest.health.reason}`
    : newest?.health.state === 'waiting' ? 'Waiting for records.' : '';
  if (notice.textContent !== problem) {
    notice.textContent = problem;
  }
  notice.hidden = problem === '';
}

function fillTable() {
  const figures = newest.status.figures;
  const names = [...new Set(figures.flatMap(each => Object.keys(each.lately.baselines)))];
  const body = ['lately', 'total'].flatMap(over => [
    el('tr', {}, el('th', {scope: 'rowgroup', colspan: names.length + 4}, over === 'lately' ? 'Newest rows' : 'All rows')),
    ...figures.map(each => {
      const values = [each[over].mae, each[over].combined, ...names.map(baseline => each[over].baselines[baseline])].map(value => value ?? null);
      const best = Math.min(...values.filter(value => value !== null));
      return el('tr', {}, el('th', {scope: 'row'}, `${each.target}, ${each.ahead} ahead`), el('td', {}, digits(each.rows)),
        ...values.map(value => el('td', {class: value !== null && value === best ? 'best' : null}, number(value))));
    }),
  ]);
  table.replaceChildren(scroll('Mean absolute errors', el('table', {},
    el('thead', {}, el('tr', {}, ...['', 'rows', 'this model', 'combined', ...names.map(each => each.replaceAll('-', ' '))].map(each => el('th', {scope: 'col'}, each)))),
    el('tbody', {}, ...body))));
}

function draw() {
  fillNotice();
  if (newest) {
    offerKeys();
    labelled();
    fillTiles();
    fillTable();
    charted.prediction.chart.y = name();
    charted.prediction.grow(predictionLines(), []);
    charted.errors.grow(errorLines(), alarms());
    charted.rate.grow(rateLines(), snapshots());
    charted.drift.grow(driftLines(), alarms());
  }
  document.documentElement.dataset.told = String(newest?.status.records ?? ''); // for tests: what is drawn
}

let asked = false;

/** Draws once, however much has come since the last picture. */
function redraw() {
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  }
}

function listen() {
  const events = new EventSource('/events');
  events.addEventListener('begin', event => {
    if (JSON.stringify(JSON.parse(event.data)) !== JSON.stringify(data)) {
      location.reload(); // another stream has taken its place
    }
    clear();
    connected = true;
    redraw();
  });
  events.addEventListener('told', event => {
    take(JSON.parse(event.data));
    redraw();
  });
  events.addEventListener('health', event => {
    if (newest) {
      newest.health = JSON.parse(event.data);
    }
    redraw();
  });
  events.addEventListener('error', () => {
    connected = false;
    redraw();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(listen, 3000);
    }
  });
}

page.replaceChildren();
page.append(el('header', {}, el('h1', {}, data.name), theme()),
  el('p', {class: 'model'}, `${data.targets.join(', ')}, ${data.horizons.join(', ')} ahead, learned as it comes`), notice, tiles);
section('Prediction', charted.prediction.element);
section('Error beside the baselines', charted.errors.element, table);
section('Stream', charted.rate.element, charted.drift.element);
charts.forEach(chart => chart.start());
setInterval(() => newest && (fillTiles(), fillNotice()), 1000);
listen();
