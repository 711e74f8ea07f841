// The world as a picture: regions where they are, and a curve for each way of the data.
import { svg, text, attribute, find, colour } from './dom.js'
import { seconds, milliseconds, rate } from './format.js'

const places = { us: [-77, 38], eu: [8.7, 50], ap: [103.8, 1.3] } // longitude, latitude

// project puts a place on the picture. charts/land.js draws the land by the same rule.
const project = ([longitude, latitude]) => [(longitude + 130) * 3.5, (66 - latitude) * 4.2]

// place is where a region is drawn; one whose place is not known, on an ellipse.
function place(name, i, n) {
  if (places[name]) return project(places[name])
  const angle = 2 * Math.PI * i / n
  return [500 - 330 * Math.cos(angle), 220 - 150 * Math.sin(angle)]
}

export class Picture {
  constructor(world) {
    const at = Object.fromEntries(world.regions.map((r, i) => [r, place(r, i, world.regions.length)]))
    const root = find('#map')
    if (world.charts) root.append(svg('use', { href: '/console/dist/land.svg#land', class: 'land' }))
    this.ways = {}
    this.nodes = {}
    this.distances = world.pairs.map(p => ({ ...p, label: svg('text', { class: 'distance' }) }))
    for (const { a, b } of world.pairs) {
      this.draw(root, at, a, b)
      this.draw(root, at, b, a)
    }
    for (const p of this.distances) {
      const [x, y] = middle(at[p.a], at[p.b], 0)
      attribute(p.label, 'x', x)
      attribute(p.label, 'y', y + 5)
      root.append(p.label)
    }
    for (const r of world.regions) this.node(root, r, at[r], colour(world, r))
  }

  // draw bows each way to its own side of the straight line, which is its left.
  draw(root, at, from, to) {
    const bow = 44
    const [cx, cy] = middle(at[from], at[to], 2 * bow)
    const [lx, ly] = middle(at[from], at[to], bow + 15)
    const path = `M${at[from]} Q${cx},${cy} ${at[to]}`
    const group = svg('g', { class: 'way', 'data-way': `${from}>${to}` })
    const label = svg('text', { class: 'lag', x: lx, y: ly + 5 })
    const [mx, my] = middle(at[from], at[to], bow)
    group.append(svg('path', { d: path, class: 'rail' }), svg('path', { d: path, class: 'flow' }),
      svg('path', { class: 'cross', d: `M${mx - 9},${my - 9} l18,18 m0,-18 l-18,18` }), label)
    root.append(group)
    this.ways[`${from}>${to}`] = { group, label }
  }

  node(root, name, [x, y], number) {
    const under = svg('text', { x, y: y + 48, class: 'under' })
    const group = svg('g', { class: `node c${number}` }, svg('circle', { cx: x, cy: y, r: 27, class: 'ring' }),
      svg('circle', { cx: x, cy: y, r: 21, class: 'disc' }), svg('text', { x, y: y + 6, class: 'name' }, name), under)
    root.append(group)
    this.nodes[name] = { group, under }
  }

  show(snapshot) {
    for (const l of snapshot.links) {
      const way = this.ways[`${l.from}>${l.to}`]
      attribute(way.group, 'data-state', stateOf(l))
      text(way.label, l.lag_seconds == null ? '' : seconds(l.lag_seconds))
    }
    for (const p of this.distances) {
      const l = snapshot.links.find(l => l.from === p.a && l.to === p.b)
      text(p.label, milliseconds(l.rtt_seconds))
    }
    for (const r of snapshot.regions) {
      const node = this.nodes[r.name]
      attribute(node.group, 'data-state', r.error ? 'silent' : r.ready ? 'ready' : 'waiting')
      text(node.under, r.error ? '✕ silent' : r.ready ? `${rate(r.writes.per_second)} writes/s` : '… not ready')
    }
  }
}

// stateOf is how a way is drawn: cut, idle (nobody reads by it), late (what it carries is
// over 2 s old), or fine.
export function stateOf(link) {
  if (link.state !== 'healthy' && link.state !== 'unknown') return 'cut'
  if (!link.up) return 'idle'
  return link.lag_seconds > 2 ? 'late' : 'fine'
}

// middle is the point beside the middle of a line, so far to its left.
function middle([ax, ay], [bx, by], away) {
  const length = Math.hypot(bx - ax, by - ay)
  return [Math.round((ax + bx) / 2 + away * (by - ay) / length), Math.round((ay + by) / 2 - away * (bx - ax) / length)]
}
