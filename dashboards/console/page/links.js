// The table of links: the same as the picture, in numbers, and what can be done to them.
import { element, text, attribute, find } from './dom.js'
import { seconds, milliseconds, count } from './format.js'
import { stateOf } from './map.js'

const slow = '500ms'

export class Links {
  constructor(world, faults) {
    this.rows = {}
    this.pairs = world.pairs.map(p => ({ ...p, cut: button(), slow: button() }))
    const body = find('#links tbody')
    for (const p of this.pairs) {
      const actions = element('td', { rowspan: 2, class: 'faults' }, p.cut, ' ', p.slow)
      body.append(this.row(p.a, p.b, actions), this.row(p.b, p.a))
      p.cut.addEventListener('click', () => faults.do(p.cut, p.isCut ? 'heal' : 'partition', p.a, p.b))
      p.slow.addEventListener('click', () => faults.do(p.slow, 'latency', p.a, p.b, p.isSlow ? `${Math.round(1000 * p.rtt_seconds)}ms` : slow))
    }
    const all = find('[data-verb=heal]')
    all.addEventListener('click', () => faults.do(all, 'heal'))
  }

  row(from, to, actions) {
    const cells = ['State', 'Round trip', 'Lag', 'Writes', 'Entries'].map((label, i) => element('td', { 'data-label': label, class: i ? 'n' : 'state' }))
    this.rows[`${from}>${to}`] = cells
    const row = element('tr', {}, element('th', { scope: 'row' }, `${from} → ${to}`), ...cells)
    if (actions) row.append(actions)
    return row
  }

  show(snapshot) {
    for (const l of snapshot.links) {
      const [state, rtt, lag, writes, entries] = this.rows[`${l.from}>${l.to}`]
      attribute(state, 'data-state', stateOf(l))
      text(state, describe(l, snapshot))
      text(rtt, milliseconds(l.rtt_seconds))
      text(lag, seconds(l.lag_seconds))
      text(writes, count(l.writes))
      text(entries, count(l.entries))
    }
    for (const p of this.pairs) this.offer(p, snapshot.links.filter(l => [p.a, p.b].includes(l.from) && [p.a, p.b].includes(l.to)))
    text(find('#links-error'), snapshot.links_error ?? '')
    find('#links-error').hidden = !snapshot.links_error
  }

  // offer names on each button what it would do now.
  offer(p, ways) {
    p.isCut = ways.some(l => stateOf(l) === 'cut')
    p.isSlow = ways.some(l => l.rtt_seconds > p.rtt_seconds + 0.001)
    name(p.cut, p.isCut ? 'Heal' : 'Cut', `${p.isCut ? 'Heal' : 'Cut'} the links between ${p.a} and ${p.b}`)
    name(p.slow, p.isSlow ? 'Usual' : 'Slow', p.isSlow ? `Usual distance between ${p.a} and ${p.b}` : `Slow: put ${p.a} and ${p.b} ${slow} apart`)
    attribute(p.cut, 'data-fault', `${p.isCut ? 'heal' : 'partition'} ${p.a} ${p.b}`)
    attribute(p.slow, 'data-fault', `${p.isSlow ? 'usual' : 'slow'} ${p.a} ${p.b}`)
  }
}

// describe is a link's state, and what its data waits for: an entry that depends on
// another log's is not applied before that (I6).
function describe(link, snapshot) {
  const state = link.state === 'unknown' ? (link.up ? 'connected' : 'not connected') : link.state
  const waits = snapshot.regions.find(r => r.name === link.to).blocked_on?.[link.from]
  return waits ? `${state}, waits for ${waits}` : state
}

const button = () => element('button', { type: 'button' })

function name(button, short, long) {
  if (button.getAttribute('aria-busy') === 'true') return
  text(button, short)
  attribute(button, 'aria-label', long)
  attribute(button, 'title', long)
}
