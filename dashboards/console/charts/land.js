// The land as a grid of dots, from Natural Earth's public-domain outlines.
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import { geoContains } from 'd3-geo'

const world = createRequire(import.meta.url)('world-atlas/land-110m.json')

const step = 2.6 // degrees

// land is an SVG file with one path, drawn by the same rule as map.js places regions.
export function land() {
  const outline = feature(world, world.objects.land)
  let dots = ''
  for (let latitude = 66; latitude > -39; latitude -= step * 3.5 / 4.2) {
    for (let longitude = -130; longitude < 155; longitude += step) {
      if (geoContains(outline, [longitude, latitude])) dots += `M${((longitude + 130) * 3.5).toFixed(1)} ${((66 - latitude) * 4.2).toFixed(1)}h0`
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 440"><g id="land">` +
    `<path d="${dots}" fill="none" stroke="currentColor" stroke-width="4.6" stroke-linecap="round"/></g></svg>\n`
}
