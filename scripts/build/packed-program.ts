import { basename } from 'node:path'
import { type BuildOptions, build, type Metafile, transform } from 'esbuild'

/** A program as one file, of which Node compiles only the parts that a run needs. */
export interface PackedProgram {
  /** CommonJS, with the banner. */
  readonly text: string
  /** What licenses want to be said, without what is said twice. */
  readonly legalText: string
  readonly metafile: Metafile
}

/** What is bundled, and with what; parts, names of files and the format are chosen here. */
export type PackedProgramOptions = Omit<BuildOptions, 'outfile' | 'outdir' | 'write' | 'format' | 'splitting'> & {
  readonly entryPoints: readonly [string]
  readonly target: string
}

/**
 * Runs the parts, which are texts in `parts`: each as a module of CommonJS when it is asked for first, and again after it
 * failed. What is no part is a module of Node.
 */
const loader = `const { Script } = require('node:vm')
const modules = new Map()
const load = (name) => {
  if (!Object.hasOwn(parts, name)) return require(name)
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const wrapped = new Script('(function (exports, require, module) {' + parts[name] + '\\n})', { filename: name })
  try {
    wrapped.runInThisContext()(module.exports, load, module)
  } catch (error) {
    modules.delete(name)
    throw error
  }
  return module.exports
}
`

/** A part as a text of CommonJS that asks for others with `require`, also where it waits for them. */
const partOf = async (text: string, { target, minify }: PackedProgramOptions): Promise<string> => {
  const options = { format: 'cjs', platform: 'node', legalComments: 'none', target } as const
  const { code } = await transform(text, {
    ...options,
    minify: minify === true,
    supported: { 'dynamic-import': false },
  })
  return code.trim()
}

/**
 * Bundles a program into parts along its `import()`s and packs them as texts into one file. Node parses all code of a file
 * before it runs the first line of it, which takes longer than most commands work.
 */
export const packProgram = async (options: PackedProgramOptions): Promise<PackedProgram> => {
  const { banner, ...bundling } = options
  const { outputFiles, metafile } = await build({
    ...bundling,
    entryPoints: [...options.entryPoints],
    outdir: 'dist',
    write: false,
    metafile: true,
    format: 'esm',
    splitting: true,
    legalComments: 'linked',
    entryNames: 'start',
    chunkNames: '[hash]',
  })
  const parts = await Promise.all(
    outputFiles
      .filter(({ path }) => path.endsWith('.js'))
      .map(async ({ path, text }) => [`./${basename(path)}`, await partOf(text, options)] as const),
  )
  const legal = outputFiles.filter(({ path }) => path.endsWith('.txt')).map(({ text }) => text.trim())
  const texts = JSON.stringify(Object.fromEntries(parts))
  return {
    text: `${banner?.js ?? ''}\n'use strict'\nconst parts = ${texts}\n${loader}load('./start.js')\n`,
    legalText: `${[...new Set(legal)].join('\n\n')}\n`,
    metafile,
  }
}
