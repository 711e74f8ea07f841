// The live charts. Each is a list of lines, and a line a colour, a dash and a way to read
// its value from a snapshot.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './charts.css'
import { marks } from './marks.js'

const most = 3600 // seconds that are kept
const least = 60 // seconds that are shown at first

export class Charts {
  // span is a list of choices: how many seconds are shown.
  constructor(world, root, span) {
    this.root = root
    this.span = span
    this.times = []
    this.events = []
    this.charts = describe(world).map(d => ({ ...d, values: d.lines.map(() => []), figure: figure(root, d) }))
    this.paint()
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.paint())
    span.addEventListener('change', () => this.draw())
    new ResizeObserver(() => this.fit()).observe(root)
  }

  show(snapshot) {
    const now = Date.parse(snapshot.at) / 1000
    const last = this.times.at(-1)
    if (now <= last) return
    if (now - last > 5) this.push(last + 1, () => null) // nobody watched: a gap, not a line
    this.push(now, line => line.value(snapshot))
    for (const e of snapshot.events) this.events.push({ at: Date.parse(e.at) / 1000, kind: e.kind })
    this.drop(now - most)
    cancelAnimationFrame(this.frame) // a burst of old snapshots is drawn once
    this.frame = requestAnimationFrame(() => this.draw())
  }

  push(time, value) {
    this.times.push(time)
    for (const c of this.charts) c.lines.forEach((line, i) => c.values[i].push(value(line) ?? null))
  }

  drop(before) {
    const n = this.times.findIndex(t => t >= before)
    if (n <= 0) return
    this.times.splice(0, n)
    for (const c of this.charts) for (const v of c.values) v.splice(0, n)
    this.events = this.events.filter(e => e.at >= before)
  }

  // paint makes the charts anew, in the colours that hold now.
  paint() {
    for (const c of this.charts) {
      c.plot?.destroy()
      c.plot = new uPlot(options(c, () => this.events), [this.times, ...c.values], c.figure)
    }
    this.draw()
  }

  draw() {
    const now = this.times.at(-1)
    if (now == null) return
    const from = Math.min(now - least, Math.max(this.times[0], now - this.span.value))
    this.root.dataset.seconds = now - from
    for (const c of this.charts) {
      c.plot.setData([this.times, ...c.values], false)
      c.plot.setScale('x', { min: from, max: now })
      if (c.plot.cursor.idx == null) c.plot.setLegend({ idx: this.times.length - 1 })
    }
  }

  fit() {
    for (const c of this.charts) c.plot.setSize({ width: c.figure.clientWidth, height: height })
  }
}

const height = 190

function figure(root, { title }) {
  const f = document.createElement('figure')
  f.append(Object.assign(document.createElement('figcaption'), { textContent: title }))
  root.append(f)
  return f
}

// describe lists the charts of a world. Lines of links have the colour of the region
// whose data is late, and a dash for each further reader.
function describe(world) {
  const region = (name, value, width, dash) => ({
    colour: 1 + world.regions.indexOf(name) % 6, width, dash, value: s => value(s.regions.find(r => r.name === name)),
  })
  const rates = kind => world.regions.map(name => ({ label: name, ...region(name, r => r.error ? null : r[kind].per_second, 2) }))
  const quantiles = kind => world.regions.flatMap(name => [
    { label: `${name} p99`, ...region(name, r => milliseconds(r[kind].p99_seconds), 2) },
    { label: `${name} p50`, ...region(name, r => milliseconds(r[kind].p50_seconds), 1.25, [4, 4]) },
  ])
  const links = value => world.regions.flatMap((from, i) => world.regions.filter(to => to !== from).map((to, j) => ({
    label: `${from}→${to}`, colour: 1 + i % 6, width: 2, dash: j ? [6 - j, 3 + j] : undefined,
    value: s => value(s.links.find(l => l.from === from && l.to === to)),
  })))
  return [
    { title: 'Lag by link, s', digits: 2, lines: links(l => l.lag_seconds) },
    { title: 'Lag by link, writes', digits: 0, lines: links(l => l.writes) },
    { title: 'Writes per second', digits: 0, lines: rates('writes') },
    { title: 'Local write latency, ms', digits: 1, lines: quantiles('writes') },
    { title: 'Local read latency, ms', digits: 1, lines: quantiles('reads') },
    { title: 'Reads per second', digits: 0, lines: rates('reads') },
  ]
}

const milliseconds = s => s == null ? null : 1000 * s

function options(chart, events) {
  const style = getComputedStyle(document.documentElement)
  const colour = name => style.getPropertyValue(name).trim()
  const font = `12px ${style.fontFamily}`
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font }
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: chart.digits, minimumFractionDigits: 0 })
  const tick = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 })
  return {
    width: chart.figure.clientWidth || 400, height, pxAlign: false, plugins: [marks(events, colour)],
    legend: { markers: { dash: (_, i) => chart.lines[i - 1]?.dash ? 'dashed' : 'solid' } },
    cursor: { points: { size: 5 }, drag: { x: false, y: false }, sync: { key: 'console' } },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.1, chart.digits === 0 ? 10 : chart.digits === 1 ? 5 : 0.5)] } },
    axes: [
      { ...axis, values: (_, times) => times.map(t => new Date(1000 * t).toLocaleTimeString('en-GB')), space: 90, size: 28 },
      { ...axis, size: 52, space: 34, values: (_, values) => values.map(v => tick.format(v)) },
    ],
    series: [
      { value: (_, t) => t == null ? '' : new Date(1000 * t).toLocaleTimeString('en-GB') },
      ...chart.lines.map(l => ({
        label: l.label, stroke: colour(`--c${l.colour}`), width: l.width, dash: l.dash, points: { show: false },
        value: (_, v) => v == null ? '–' : number.format(v),
      })),
    ],
  }
}
