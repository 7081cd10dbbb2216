import { z } from 'zod'
import { intOrString } from '../../../src/api/scalars.ts'
import { formatDuration, parseDuration } from '../../../src/lib/duration.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { pauseDurationSeconds } from '../../../src/lib/pause-duration.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const durations = z.object({
  durationString: z.array(
    z.object({
      input: z.string(),
      nanoseconds: z.string().optional(),
      goString: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
})

const readDuration = (input: string): unknown => {
  try {
    const nanoseconds = parseDuration(input)
    return { nanoseconds: String(nanoseconds), goString: formatDuration(nanoseconds) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : error }
  }
}

/** Durations of metrics and experiments. */
export const durationSuite: Suite = {
  name: 'durations',
  file: 'duration.json',
  run: (oracle: JsonObject) =>
    runCases(
      durations.parse(oracle).durationString.map((row) => ({ id: JSON.stringify(row.input), ...row })),
      ({ input, nanoseconds, goString, error }) =>
        compareAnswers(error === undefined ? { nanoseconds, goString } : { error }, readDuration(input)),
      new Map(),
    ),
}

const pauses = z.object({
  pauseDurationAbsent: z.number(),
  pauseDuration: z.array(
    z.object({
      rawJSON: z.string(),
      durationSeconds: z.number().optional(),
      unmarshalError: z.string().optional(),
    }),
  ),
})

/** What the API's schema refuses never reaches the arithmetic. */
const pauseSeconds = (rawJson: string): number | 'refused' => {
  const read = intOrString.safeParse(JSON.parse(rawJson))
  return read.success ? pauseDurationSeconds(read.data) : 'refused'
}

const spelling = 'JSON gives a whole number no other meaning when it is spelled 1.0 or 1e2: it is read as that number'

/** Durations of pauses, from their JSON text. */
export const pauseDurationSuite: Suite = {
  name: 'pause durations',
  file: 'duration.json',
  run: (oracle: JsonObject) => {
    const { pauseDuration, pauseDurationAbsent } = pauses.parse(oracle)
    const rows = pauseDuration.map((row) => ({ id: row.rawJSON, ...row }))
    const spelled = rows.filter(
      ({ rawJSON }) => /^-?[0-9]+(\.0+)?([eE][-+]?[0-9]+)?$/.test(rawJSON) && /[.eE]/.test(rawJSON),
    )
    return runCases(
      [...rows, { id: 'absent', rawJSON: '', durationSeconds: pauseDurationAbsent, unmarshalError: undefined }],
      ({ rawJSON, durationSeconds, unmarshalError }) =>
        compareAnswers(
          unmarshalError === undefined ? durationSeconds : 'refused',
          rawJSON === '' ? pauseDurationSeconds(undefined) : pauseSeconds(rawJSON),
        ),
      new Map(spelled.map(({ id }) => [id, spelling])),
    )
  },
}
