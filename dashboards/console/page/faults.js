// The buttons that break and mend, by way of the router.
import { text, find } from './dom.js'

export class Faults {
  // do asks for one fault, and shows chaos's own sentence.
  async do(button, verb, ...words) {
    if (button.getAttribute('aria-busy') === 'true') return
    button.setAttribute('aria-busy', 'true')
    text(find('#said'), `${verb} ${words.join(' ')} …`)
    try {
      const response = await fetch('/console/faults', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ verb, words }),
      })
      const answer = await response.json()
      text(find('#said'), answer.said ?? answer.detail)
    } catch (error) {
      text(find('#said'), `The router does not answer: ${error.message}`)
    } finally {
      button.removeAttribute('aria-busy')
    }
  }
}
