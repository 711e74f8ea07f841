// What changed, the newest first.
import { element, find } from './dom.js'
import { clock } from './format.js'

const signs = { cut: '✂', healed: '↔', slowed: '⌛', gone: '✕', back: '✓', moved: '⇢', agreed: '=', wrong: '≠' }
const most = 100

export class Events {
  show(snapshot) {
    const list = find('#events ol')
    for (const e of snapshot.events) {
      list.prepend(element('li', { class: `event ${e.kind}` }, element('span', { class: 'sign', 'aria-hidden': 'true' }, signs[e.kind] ?? '·'),
        element('time', { datetime: e.at }, clock(e.at)), element('span', {}, e.text)))
    }
    while (list.children.length > most) list.lastChild.remove()
    find('#events .note').hidden = list.children.length > 0
  }
}
