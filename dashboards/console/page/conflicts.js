// Writes that lost to a concurrent one, with both values, the newest first.
import { element, find, colour } from './dom.js'
import { clock, shorten } from './format.js'

const most = 8

export class Conflicts {
  constructor(world) {
    this.world = world
  }

  show(snapshot) {
    const body = find('#conflicts tbody')
    for (const c of snapshot.conflicts.toReversed()) body.prepend(this.row(c))
    while (body.children.length > most) body.lastChild.remove()
    const any = body.children.length > 0
    find('#conflicts table').hidden = !any
    find('#conflicts .note').hidden = any
  }

  row(c) {
    const key = c.field ? `${c.key} . ${c.field}` : c.key
    return element('tr', {}, element('td', {}, element('time', { datetime: c.at }, clock(c.at))),
      element('td', {}, element('small', {}, c.class + ' '), element('code', { title: key }, shorten(key, 28))),
      this.side(c.lost, 'lost'), this.side(c.won, 'won'), element('td', {}, c.reason))
  }

  side(side, kind) {
    const region = side.origin.split('.')[0]
    return element('td', { class: kind }, element('span', { class: `chip c${colour(this.world, region)}` }, side.origin), ' ',
      element('code', { title: side.value }, shorten(side.value)))
  }
}
