// Events on the time axis: a line through each chart, and a word where there is room.

const bad = ['cut', 'gone', 'wrong']
const good = ['healed', 'back', 'agreed']

export function marks(events, colour) {
  const stroke = kind => colour(bad.includes(kind) ? '--bad' : good.includes(kind) ? '--good' : '--warn')
  return { hooks: { draw: u => draw(u, events(), stroke) } }
}

function draw(u, events, stroke) {
  const { ctx, bbox } = u
  const ratio = devicePixelRatio
  let free = -Infinity // where the last word ended
  ctx.save()
  ctx.font = `${11 * ratio}px system-ui, sans-serif`
  ctx.lineWidth = ratio
  ctx.setLineDash([2 * ratio, 3 * ratio])
  for (const e of events) {
    const x = u.valToPos(e.at, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = ctx.fillStyle = stroke(e.kind)
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const width = ctx.measureText(e.kind).width
    const at = Math.min(x + 3 * ratio, bbox.left + bbox.width - width)
    if (at < free) continue
    ctx.fillText(e.kind, at, bbox.top + 10 * ratio)
    free = at + width + 4 * ratio
  }
  ctx.restore()
}
