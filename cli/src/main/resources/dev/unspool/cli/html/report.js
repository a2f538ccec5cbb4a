// SPDX-License-Identifier: Apache-2.0

// The page: what the command has read from the folders, from the figure that matters most to the last setting.

const several = data.runs.length > 1;
const COLOURS = 8;
const BASELINE_DASHES = ['dashed', 'dotted'];

/** The colour of a run among several; of the only one, that of its predictions. */
function colourOf(run) {
  return several ? `c${(data.runs.indexOf(run) % COLOURS) + 1}` : 'c2';
}

/** A line's name, with its run where there are several. */
function named(run, name) {
  return several ? `${run.name}: ${name}` : name;
}

const SHORT = new Set(['rmse', 'mae', 'mase', 'crps']);

/** persistence_rmse as a person says it: persistence, RMSE. */
function measure(name) {
  const words = name.split('_');
  const last = words.pop();
  if (!SHORT.has(last)) {
    return [...words, last].join(' ');
  }
  return words.length ? `${words.join(' ')}, ${last.toUpperCase()}` : last.toUpperCase();
}

// Head

function head() {
  page.append(el('header', {}, el('h1', {}, several ? `${data.runs.length} runs` : data.runs[0].name), theme()));
  for (const run of data.runs) {
    const name = several ? el('strong', {}, swatch(run), ` ${run.name}`) : null;
    page.append(el('div', {class: 'run'},
      el('p', {class: 'headline'}, name, several && run.headline ? ' · ' : '', run.headline),
      el('p', {class: 'model'}, run.model),
      run.standing ? el('p', {class: 'notice'}, run.standing) : null,
      ...run.doubts.map(doubt => el('p', {class: 'notice'}, doubt))));
  }
}

function swatch(run) {
  const mark = el('span', {class: 'swatch'});
  mark.style.display = 'inline-block';
  mark.style.verticalAlign = 'middle';
  mark.style.borderColor = `var(--${colourOf(run)})`;
  return mark;
}

// Comparison

const LESS_IS_BETTER = /^(rmse|mae|mase|crps|pinball|perplexity|nats_per_token|bits_per_char)$/;

function comparison() {
  if (!several) {
    return;
  }
  const rows = [];
  const add = (name, values, best) => rows.push(el('tr', {}, el('th', {scope: 'row'}, name),
    ...values.map((value, i) => el('td', {class: best === i ? 'best' : null}, value ?? '–'))));
  const figures = new Map(); // by part, target and measure: the value of each run
  data.runs.forEach((run, i) => run.figures?.rows.forEach(row => Object.entries(row.values).forEach(([name, value]) => {
    const key = JSON.stringify([row.part, row.target, name]);
    figures.set(key, figures.get(key) ?? data.runs.map(() => null));
    figures.get(key)[i] = value;
  })));
  const group = title => rows.push(el('tr', {}, el('th', {scope: 'rowgroup', colspan: data.runs.length + 1}, title)));
  if (figures.size > 0) {
    group('Figures');
  }
  for (const [key, values] of figures) {
    const [part, target, name] = JSON.parse(key);
    const known = values.filter(value => value !== null).map(Number);
    const best = LESS_IS_BETTER.test(name) && new Set(known).size > 1 ? values.findIndex(value => value !== null && Number(value) === Math.min(...known)) : -1;
    add([part, target, measure(name)].filter(word => word).join(' · '), values, best);
  }
  const efforts = [['parameters', each => each.parameters], ['updates or iterations', each => each.updates], ['time', each => each.time]]
    .map(([name, of]) => [name, data.runs.map(run => (run.effort ? of(run.effort) : null) ?? null)])
    .filter(([, values]) => values.some(value => value !== null));
  if (efforts.length > 0) {
    group('Effort');
    efforts.forEach(([name, values]) => add(name, values.map(value => (typeof value === 'number' ? digits(value) : value)), -1));
  }
  const differing = data.settings.filter(row => new Set(row.values.map(value => value ?? null)).size > 1);
  group(differing.length > 0 ? 'Settings that differ' : 'No setting differs');
  differing.forEach(row => add(`${row.group} · ${row.name}`, row.values, -1));
  section('Comparison', el('div', {class: 'card'}, scroll('Comparison', el('table', {},
    el('thead', {}, el('tr', {}, el('td'), ...data.runs.map(run => el('th', {scope: 'col'}, swatch(run), ` ${run.name}`)))),
    el('tbody', {}, ...rows)))));
}

// Charts

function forecasts() {
  const targets = [...new Set(data.runs.flatMap(run => run.predictions?.targets.map(target => target.target) ?? []))];
  return targets.map(name => {
    const all = data.runs.flatMap(run => (run.predictions?.targets ?? []).filter(target => target.target === name).map(target => ({run, target})));
    // Dates and rows are no common axis: what is not drawn like the first is left to a page of its own.
    const like = all.filter(each => each.target.time === all[0].target.time);
    const labels = new Map(like.flatMap(({target}) => (target.labels ?? []).map((label, i) => [target.x[i], label])));
    const horizons = [...new Set(like.flatMap(({target}) => target.horizons.map(each => each.horizon)))].sort((a, b) => a - b);
    const lines = horizon => [
      {name: 'truth', colour: 'truth', width: 1.4, x: like[0].target.x, y: like[0].target.truth},
      ...like.flatMap(({run, target}) => target.horizons.filter(each => each.horizon === horizon).map(each => ({
        name: several ? run.name : 'prediction', colour: colourOf(run), width: 1.8, x: target.x, y: each.prediction, lower: each.lower, upper: each.upper,
      }))),
    ];
    const chart = new Chart({
      title: `${name || 'Prediction'}, test part`, x: 'row', y: name, wide: true, time: like[0].target.time, labels, overview: true,
      lines: lines(horizons[0]),
      tools: [choice('rows ahead', horizons.map(each => [each, String(each)]), each => chart.set(lines(each)))],
    });
    return chart;
  });
}

function horizonCharts() {
  const all = data.runs.flatMap(run => (run.figures?.horizons ?? []).map(table => ({run, table})));
  const keys = [...new Set(all.map(({table}) => JSON.stringify([table.part, table.target])))];
  return keys.map(key => {
    const [part, target] = JSON.parse(key);
    const like = all.filter(({table}) => table.part === part && table.target === target);
    const isPlain = name => !name.includes('_') && !['rows', 'band', 'season'].includes(name);
    const names = [...new Set(like.flatMap(({table}) => Object.keys(table.measures)))];
    const measures = names.filter(isPlain);
    const lines = plain => {
      const models = like.filter(({table}) => table.measures[plain]).map(({run, table}) => (
        {name: several ? run.name : 'this model', colour: colourOf(run), width: 2.4, x: table.steps, y: table.measures[plain]}));
      // Baselines do not depend on the model: those of the first run that has them.
      const baselines = names.filter(name => name.endsWith(`_${plain}`)).map((name, i) => {
        const {table} = like.find(each => each.table.measures[name]);
        return {name: name.slice(0, -plain.length - 1).replaceAll('_', ' '), colour: several ? 'truth' : ['c1', 'c3', 'c4', 'c5'][i % 4], dash: BASELINE_DASHES[i % 2], width: 1.6, x: table.steps, y: table.measures[name]};
      });
      const promised = like.find(({table}) => table.measures.band);
      const promise = plain === 'coverage' && promised
        ? [{name: 'promised', colour: 'truth', dash: 'dashed', width: 1.6, x: promised.table.steps, y: promised.table.measures.band}] : [];
      return [...models, ...baselines, ...promise];
    };
    if (measures.length === 0) {
      return null;
    }
    const chart = new Chart({
      title: [`${part} part`, target].filter(word => word).join(', '), x: 'rows ahead', y: measure(measures[0]), wide: like[0].table.target === '' || keys.length === 1, lines: lines(measures[0]),
      tools: [choice('of', measures.map(each => [each, measure(each)]), each => chart.set(lines(each), measure(each)))],
    });
    return chart;
  }).filter(chart => chart !== null);
}

/** A chart of what all runs logged under one name; those with another x or unit get a chart of their own. */
function courseCharts(title, of, y, more = {}) {
  const groups = new Map();
  for (const run of data.runs) {
    if (of(run).length > 0) {
      const key = JSON.stringify([run.courses.x, y ?? run.courses.unit]);
      groups.set(key, [...(groups.get(key) ?? []), run]);
    }
  }
  return [...groups].map(([key, runs]) => {
    const [x, unit] = JSON.parse(key);
    return new Chart({
      title, x, y: unit, ...more, sync: x,
      ...(x === 'iteration' ? {title: 'Error by iteration', logNow: true} : {}), // which falls by decades
      lines: runs.flatMap(run => of(run).map(curve => ({
        name: named(run, curve.name),
        colour: several ? colourOf(run) : curve.role === 'main' ? 'c2' : curve.role === 'other' ? 'c1' : 'truth',
        dash: several && curve.role === 'other' ? 'dashed' : 'solid',
        width: curve.role === 'main' ? 2 : 1.4,
        alpha: curve.role === 'faint' ? 0.4 : 1,
        x: curve.x, y: curve.y, smooth: smoothed(curve.y),
      }))),
    });
  });
}

function drawn(title, list) {
  section(title, list.map(chart => chart.element));
  list.forEach(chart => chart.start());
}

// Tables

function figureTable(run) {
  const rows = run.figures?.rows.filter(row => Object.keys(row.values).length > 0) ?? [];
  if (rows.length === 0) {
    return null;
  }
  const names = [...new Set(rows.flatMap(row => Object.keys(row.values)))];
  return el('div', {class: 'card wide'}, several ? el('h3', {}, run.name) : null, scroll(`Figures of ${run.name}`, el('table', {},
    el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'part'), ...names.map(name => el('th', {scope: 'col'}, measure(name))))),
    el('tbody', {}, ...rows.map(row => el('tr', {},
      el('th', {scope: 'row'}, [row.part, row.target].filter(word => word).join(' · ')),
      ...names.map(name => el('td', {}, row.values[name] ?? '–'))))))));
}

function settings() {
  const groups = [...new Set(data.settings.map(row => row.group))];
  const rows = groups.flatMap(group => [
    el('tr', {}, el('th', {scope: 'rowgroup', colspan: data.runs.length + 1}, group)),
    ...data.settings.filter(row => row.group === group).map(row => {
      const differs = new Set(row.values.map(value => value ?? null)).size > 1;
      return el('tr', {class: differs ? 'differs' : null}, el('th', {scope: 'row'}, row.name),
        ...row.values.map(value => el('td', {class: several ? null : 'word'}, value ?? '–')));
    }),
  ]);
  return el('details', {class: 'card', open: !several}, el('summary', {}, 'All settings'), scroll('Settings', el('table', {},
    several ? el('thead', {}, el('tr', {}, el('td'), ...data.runs.map(run => el('th', {scope: 'col'}, run.name)))) : null,
    el('tbody', {}, ...rows))));
}

page.replaceChildren();
head();
comparison();
drawn('Forecast', forecasts());
drawn('Error by horizon', horizonCharts());
drawn(data.runs.every(run => run.courses.x === 'iteration') ? 'Fit' : 'Training', [
  ...courseCharts('Loss', run => run.courses.loss, null, {log: true, wide: true}),
  ...courseCharts('Gradient norm', run => run.courses.gradient, 'norm before clipping', {log: true, logNow: true}),
  ...courseCharts('Learning rate', run => run.courses.rate, 'learning rate'),
]);
section('Figures', data.runs.map(figureTable));
section('Settings', settings());
document.documentElement.dataset.drawn = 'yes'; // for tests: nothing more will come
