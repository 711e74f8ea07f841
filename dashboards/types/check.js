// Compiles each board as a value of the type Board, so that Grafana knows every name and every
// value in it. Unknown ones it would ignore, and show something else.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = path.join(here, '..', 'grafana')
const sources = new Map(readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => [
  path.join(here, `${name}.ts`),
  `import type { Board } from './board'\nexport const board: Board =\n${readFileSync(path.join(folder, name), 'utf8')}`,
]))

const options = {
  strict: true, noEmit: true, skipLibCheck: true, types: [],
  target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
}
const host = ts.createCompilerHost(options)
const { fileExists, readFile, getSourceFile } = host
host.fileExists = (name) => sources.has(name) || fileExists(name)
host.readFile = (name) => sources.get(name) ?? readFile(name)
host.getSourceFile = (name, ...rest) =>
  sources.has(name) ? ts.createSourceFile(name, sources.get(name), options.target) : getSourceFile(name, ...rest)

const problems = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host))
for (const p of problems) {
  // The board begins in the third line of its source.
  const at = p.file ? `${path.basename(p.file.fileName, '.ts')}:${p.file.getLineAndCharacterOfPosition(p.start).line - 1}: ` : ''
  console.error(at + ts.flattenDiagnosticMessageText(p.messageText, '\n'))
}
if (sources.size === 0 || problems.length > 0) process.exit(1)
console.log(`${sources.size} boards are such as Grafana's types have them`)
