// Bundles the charts and draws the land, into ../dist, which the router embeds.
import { build } from 'esbuild'
import { writeFile } from 'node:fs/promises'
import { land } from './land.js'

const dist = new URL('../dist/', import.meta.url).pathname
await writeFile(dist + 'land.svg', land())
await build({
  entryPoints: ['charts.js'], outdir: dist, bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'inline', logLevel: 'warning',
})
