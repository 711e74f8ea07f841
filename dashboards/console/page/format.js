// Numbers as a reader wants them. What is not known is a dash.

export const dash = '–'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = n => n == null ? dash : n < 10000 ? whole.format(n) : short.format(n)

export const rate = n => n == null ? dash : n > 0 && n < 10 ? n.toFixed(1) : count(n)

export function milliseconds(s) {
  if (s == null) return dash
  const ms = 1000 * s
  return (ms < 10 ? ms.toFixed(1) : count(Math.round(ms))) + ' ms'
}

export function seconds(s) {
  if (s == null) return dash
  if (s === 0) return '0 s'
  return s < 10 ? s.toFixed(2) + ' s' : s < 120 ? s.toFixed(0) + ' s' : (s / 60).toFixed(0) + ' min'
}

export const clock = at => new Date(at).toLocaleTimeString('en-GB')

// shorten keeps long values from taking the page.
export const shorten = (text, n = 40) => text.length > n ? text.slice(0, n - 1) + '…' : text
