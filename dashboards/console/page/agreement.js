// Vectors and digests beside each other. Digests mean something only at equal vectors.
import { element, find, text } from './dom.js'
import { clock, count } from './format.js'

const sentences = {
  unknown: 'Not compared yet: two regions must answer.',
  partly: '= Their vectors are equal, and so are their digests, as far as they answered.',
  equal: '= Their vectors are equal, and so are their digests.',
  behind: '≠ Their vectors differ: some are behind, so digests may differ too.',
  broken: '✕ Equal vectors and different digests. This must not be: run go tool task verify.',
}

export class Agreement {
  constructor(world) {
    this.world = world
    this.shown = ''
  }

  show({ agreement }) {
    if (agreement.at === this.shown) return
    this.shown = agreement.at
    const by = Object.fromEntries((agreement.digests ?? []).map(d => [d.region, d]))
    const asked = agreement.digests?.length > 1 ? ` Compared at ${clock(agreement.at)}: ${compared(agreement)}.` : ''
    text(find('#agreement > p'), sentences[agreement.verdict || 'unknown'] + asked)
    find('#agreement > p').dataset.verdict = agreement.verdict
    const classes = [...new Set(Object.values(by).flatMap(d => Object.keys(d.classes)))].sort()
    find('#agreement thead').replaceChildren(element('tr', {}, element('th', { scope: 'col' }, ''),
      ...this.world.regions.map(r => element('th', { scope: 'col' }, r))))
    find('#agreement tbody').replaceChildren(
      this.row('vector', r => by[r]?.version_vector),
      ...classes.map(c => this.row(c, r => by[r]?.classes[c]?.digest, r => by[r]?.classes[c]?.rows)))
  }

  // row marks what most do not have.
  row(name, value, rows = () => null) {
    const values = this.world.regions.map(value)
    const usual = mode(values.filter(v => v != null))
    return element('tr', {}, element('th', { scope: 'row' }, name), ...values.map((v, i) => {
      if (v == null) return element('td', {}, '–')
      const n = rows(this.world.regions[i])
      const equal = v === usual && values.every(w => w == null || w === v)
      const cell = element('td', { class: equal ? 'equal' : 'differs', title: v }, element('span', { class: 'mark' }, equal ? '= ' : '≠ '),
        element('code', {}, n == null ? v.replaceAll(',', ' ') || 'nothing yet' : v.slice(0, 8)))
      if (n != null) cell.append(element('small', {}, ` ${count(n)} rows`))
      return cell
    }))
  }
}

// compared names who was.
export const compared = agreement => agreement.digests.map(d => d.region).join(', ').replace(/, ([^,]*)$/, ' and $1')

function mode(values) {
  return values.toSorted((a, b) => values.filter(v => v === b).length - values.filter(v => v === a).length)[0]
}
