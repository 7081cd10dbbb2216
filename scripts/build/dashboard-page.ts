import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

/** The dashboard's page: one file with everything in it, so that a server has nothing else to serve. */
export interface DashboardPage {
  readonly html: string
  /** Files of which something is in it, relative to the root. */
  readonly inputs: readonly string[]
}

const options = {
  entryPoints: ['src/dashboard/main.tsx'],
  outdir: 'dist',
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  platform: 'browser',
  // The browsers of 2024: older ones lack light-dark() too.
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions

const put = (html: string, element: string, content: string): string => {
  const empty = `></${element}>`
  if (html.split(empty).length !== 2) throw new Error(`building the page: it needs one empty ${element} element`)
  if (content.includes(`</${element}`)) throw new Error(`building the page: its ${element} would end too early`)
  return html.replace(empty, () => `>${content}</${element}>`)
}

/**
 * Bundles the page of `src/dashboard`, with its script and style within.
 * @param root where the sources are
 */
export const buildDashboardPage = async (root: string): Promise<DashboardPage> => {
  const frame = await readFile(join(root, 'src/dashboard/page.html'), 'utf8')
  const { outputFiles, metafile } = await build({ ...options, absWorkingDir: root })
  const textOf = (ending: string): string =>
    outputFiles
      .filter(({ path }) => path.endsWith(ending))
      .map(({ text }) => text.trim())
      .join('\n')
  return {
    html: put(put(frame, 'style', textOf('.css')), 'script', textOf('.js')),
    inputs: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
    ),
  }
}
