// The page: it follows the router's stream and hands each snapshot to its parts.
import { find, text, attribute } from './dom.js'
import { clock } from './format.js'
import { Picture } from './map.js'
import { Links } from './links.js'
import { Regions } from './regions.js'
import { Events } from './events.js'
import { Agreement, compared } from './agreement.js'
import { Conflicts } from './conflicts.js'
import { Faults } from './faults.js'

const state = { world: null, parts: null, paused: false, waiting: [], newest: 0, heard: Date.now() }
const mostWaiting = 300 // five minutes
const patience = 5000 // ms without news

async function layOut(world) {
  text(find('#title'), `console of ${world.title}`)
  document.documentElement.classList.toggle('faults-on', world.faults)
  const faults = world.faults ? new Faults() : null
  const parts = [new Picture(world), new Links(world, faults), new Regions(world, faults), new Events(), new Agreement(world), new Conflicts(world)]
  if (world.charts) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/console/dist/charts.css' }))
    const { Charts } = await import('/console/dist/charts.js')
    parts.push(new Charts(world, find('#charts .grid'), find('#span')))
  }
  find('#no-charts').hidden = world.charts
  find('#span').parentElement.hidden = !world.charts
  return parts
}

// receive drops what was shown before: a stream that is opened anew begins with the last
// five minutes.
function receive(snapshot) {
  const at = Date.parse(snapshot.at)
  if (at <= state.newest) return
  state.newest = at
  state.heard = Date.now()
  if (!state.parts) return
  if (!state.paused) return show(snapshot)
  state.waiting = [...state.waiting, snapshot].slice(-mostWaiting)
  tell({ state: 'unknown', text: 'paused' })
}

function show(snapshot) {
  for (const part of state.parts) part.show(snapshot)
  text(find('#clock'), clock(snapshot.at))
  tell(judge(snapshot))
}

function tell(verdict) {
  text(find('#verdict'), verdict.text)
  attribute(find('#verdict'), 'data-state', verdict.state)
}

// broken must be seen: what is shown is not what is.
function broken(error) {
  console.error(error)
  tell({ state: 'bad', text: `the page has failed, load it again: ${error.message}` })
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
  if (snapshot.agreement.verdict === 'partly') return { state: 'warn', text: `${compared(snapshot.agreement)} hold the same` }
  if (snapshot.agreement.verdict === 'equal') return { state: 'good', text: 'all regions hold the same' }
  return { state: 'good', text: 'all regions serve' }
}

// The stream comes back by itself, but for an answer that is an error. Snapshots that
// arrive while the page is laid out wait their turn. A page of another world is none of
// this one.
let ready = Promise.resolve()

function follow() {
  const stream = new EventSource('/console/events')
  stream.addEventListener('world', event => {
    if (state.world && state.world !== event.data) location.reload()
    if (state.world) return
    state.world = event.data
    ready = layOut(JSON.parse(event.data)).then(parts => { state.parts = parts }).catch(broken)
  })
  stream.addEventListener('snapshot', event => {
    ready = ready.then(() => receive(JSON.parse(event.data))).catch(broken)
  })
  stream.onerror = () => {
    tell({ state: 'bad', text: 'the router is silent' })
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 3000)
  }
}

// A router that hangs keeps its connections: only the time tells.
setInterval(() => {
  const silence = Date.now() - state.heard
  if (silence > patience) tell({ state: 'bad', text: `no news for ${Math.round(silence / 1000)} s` })
}, 1000)

find('#pause').addEventListener('click', event => {
  state.paused = !state.paused
  attribute(event.target, 'aria-pressed', state.paused)
  if (!state.paused) ready = ready.then(() => state.waiting.splice(0).forEach(show)).catch(broken)
})
follow()
