import { readFileSync } from 'node:fs'
import * as z from 'zod'

/** One stage of a Dockerfile, as far as the tests play it. */
export interface Stage {
  /** What is copied, from the folder of the sources or from the stage before it, to which folder. */
  readonly copies: readonly { readonly fromBuild: boolean; readonly paths: readonly string[]; readonly to: string }[]
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly run: readonly string[]
}

/** The stages of the repository's Dockerfile. Continued lines are not understood: it has none. */
export const readDockerfile = (): readonly Stage[] => {
  const text = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  return text
    .split(/^FROM /m)
    .slice(1)
    .map((stage) => stageOf(stage.split('\n')))
}

const stageOf = (lines: readonly string[]): Stage => {
  const all = (instruction: string): string[] =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1))
  return {
    copies: all('COPY').map((words) => {
      const fromBuild = words.startsWith('--from=build ')
      const paths = words.split(' ').filter((word) => !word.startsWith('--'))
      return { fromBuild, paths: paths.slice(0, -1), to: paths.at(-1) ?? '' }
    }),
    env: Object.fromEntries(all('ENV').flatMap((words) => words.split(' ').map((pair) => pair.split('=')))),
    user: all('USER').at(-1) ?? '',
    entrypoint: z.array(z.string()).parse(JSON.parse(all('ENTRYPOINT').at(-1) ?? '[]')),
    run: all('RUN'),
  }
}
