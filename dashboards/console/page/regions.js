// A card for each region: does it serve, how fast, and who is behind it.
import { element, text, attribute, find, colour } from './dom.js'
import { milliseconds, rate, count } from './format.js'

export class Regions {
  constructor(world, faults) {
    this.cards = Object.fromEntries(world.regions.map(r => [r, new Card(r, colour(world, r), faults)]))
    find('#regions .cards').append(...Object.values(this.cards).map(c => c.root))
  }

  show(snapshot) {
    snapshot.regions.forEach((r, i) => this.cards[r.name].show(r, snapshot.routers[i]))
  }
}

class Card {
  constructor(name, number, faults) {
    this.name = name
    this.state = element('span', { class: 'state' })
    this.button = element('button', { type: 'button', class: 'faults' })
    this.button.addEventListener('click', () => faults.do(this.button, this.alive ? 'kill' : 'start', name))
    this.values = {}
    const head = element('div', { class: 'head' }, element('h3', {}, name), this.state, this.button)
    this.root = element('article', { class: `card c${number}`, 'aria-label': `Region ${name}` }, head, this.speed(), this.list())
  }

  // speed is the table behind the charts.
  speed() {
    const row = kind => element('tr', {}, element('th', { scope: 'row' }, kind),
      ...['rate', 'p50', 'p99'].map(v => this.value(kind + v, element('td', { class: 'n' }))))
    const head = ['local', 'per s', 'p50', 'p99'].map((h, i) => element('th', { scope: 'col', class: i ? 'n' : '' }, h))
    return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, row('writes'), row('reads')))
  }

  list() {
    const list = element('dl')
    for (const term of ['clients go to', 'behind it', 'lost · failed', 'vector']) {
      list.append(element('div', {}, element('dt', {}, term), this.value(term, element('dd'))))
    }
    return list
  }

  value(key, e) {
    this.values[key] = e
    return e
  }

  show(region, router) {
    this.alive = !region.error
    const state = region.error ? 'silent' : region.ready ? 'ready' : 'waiting'
    attribute(this.root, 'data-state', state)
    text(this.state, region.error ? `✕ ${region.error}` : region.ready ? (region.isolated ? '✓ serves, isolated' : '✓ serves') : `… ${region.reason}`)
    this.offer()
    for (const kind of ['writes', 'reads']) {
      text(this.values[kind + 'rate'], this.alive ? rate(region[kind].per_second) : '–')
      text(this.values[kind + 'p50'], milliseconds(region[kind].p50_seconds))
      text(this.values[kind + 'p99'], milliseconds(region[kind].p99_seconds))
    }
    text(this.values['clients go to'], router.error ? `✕ its router: ${router.error}` : router.current)
    text(this.values['behind it'], region.peers.map(p => `${p.region} ${count(p.entries)}${p.reachable ? '' : ' (silent)'}`).join(' · ') || '–')
    text(this.values['lost · failed'], this.alive ? `${rate(region.conflicts_per_second)}/s · ${rate(region.failed_per_second)}/s` : '–')
    text(this.values.vector, region.version_vector || '–')
  }

  offer() {
    if (this.button.getAttribute('aria-busy') === 'true') return
    const verb = this.alive ? 'Kill' : 'Start'
    text(this.button, verb)
    attribute(this.button, 'aria-label', this.alive ? `Kill region ${this.name}` : `Start region ${this.name}`)
    attribute(this.button, 'data-fault', `${verb.toLowerCase()} ${this.name}`)
  }
}
