// The page: it follows the router's stream and hands each snapshot to its parts.
import { find, text, attribute } from './dom.js'
import { clock } from './format.js'
import { Picture } from './map.js'
import { Links } from './links.js'
import { Regions } from './regions.js'
import { Events } from './events.js'
import { Agreement } from './agreement.js'
import { Conflicts } from './conflicts.js'
import { Faults } from './faults.js'

const state = { parts: null, paused: false, waiting: [] }
const mostWaiting = 300 // five minutes

async function layOut(world) {
  text(find('#router'), `console of router ${world.router}`)
  document.documentElement.classList.toggle('faults-on', world.faults)
  const faults = world.faults ? new Faults() : null
  const parts = [new Picture(world), new Links(world, faults), new Regions(world, faults), new Events(), new Agreement(world), new Conflicts(world)]
  if (world.charts) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/console/dist/charts.css' }))
    const { Charts } = await import('/console/dist/charts.js')
    parts.push(new Charts(world, find('#charts .grid')))
  }
  find('#no-charts').hidden = world.charts
  return parts
}

function show(snapshot) {
  if (state.paused) {
    state.waiting = [...state.waiting, snapshot].slice(-mostWaiting)
    return
  }
  for (const part of state.parts) part.show(snapshot)
  text(find('#clock'), clock(snapshot.at))
  const verdict = judge(snapshot)
  text(find('#verdict'), verdict.text)
  attribute(find('#verdict'), 'data-state', verdict.state)
}

// judge is the world in one line: the worst that is true of it.
function judge(snapshot) {
  const silent = snapshot.regions.filter(r => r.error).map(r => r.name)
  const waiting = snapshot.regions.filter(r => !r.error && !r.ready).map(r => r.name)
  const cut = snapshot.links.filter(l => l.state !== 'healthy' && l.state !== 'unknown')
  const late = snapshot.links.filter(l => l.lag_seconds > 2)
  if (snapshot.agreement.verdict === 'broken') return { state: 'bad', text: 'regions differ at equal vectors' }
  if (silent.length) return { state: 'bad', text: `${silent.join(' and ')} silent` }
  if (cut.length) return { state: 'bad', text: `${cut.length} of ${snapshot.links.length} links cut` }
  if (waiting.length) return { state: 'warn', text: `${waiting.join(' and ')} not ready` }
  if (late.length) return { state: 'warn', text: `catching up on ${late.length} links` }
  if (snapshot.agreement.verdict === 'equal') return { state: 'good', text: 'all regions hold the same' }
  return { state: 'good', text: 'all regions serve' }
}

// The stream comes back by itself, but for an answer that is an error. Snapshots that
// arrive while the page is laid out wait their turn.
function follow() {
  const stream = new EventSource('/console/events')
  let ready = Promise.resolve()
  stream.addEventListener('world', event => {
    if (!state.parts) ready = layOut(JSON.parse(event.data)).then(parts => { state.parts = parts })
  })
  stream.addEventListener('snapshot', event => {
    ready = ready.then(() => show(JSON.parse(event.data)))
  })
  stream.onerror = () => {
    text(find('#verdict'), 'the router is silent')
    attribute(find('#verdict'), 'data-state', 'bad')
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 3000)
  }
}

find('#pause').addEventListener('click', event => {
  state.paused = !state.paused
  attribute(event.target, 'aria-pressed', state.paused)
  if (!state.paused) state.waiting.splice(0).forEach(show)
})
follow()
