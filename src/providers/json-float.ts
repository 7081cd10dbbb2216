import * as z from 'zod'
import { NumberSyntaxError, parseFloat64 } from '../lib/go-number.ts'

/** A float64 in JSON: a number, also one beyond all bounds, or its text, which is how NaN and infinities are written. */
export const jsonFloat = z.unknown().transform((value, context): number => {
  if (typeof value === 'number') return value
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  try {
    return parseFloat64(text)
  } catch (error) {
    if (!(error instanceof NumberSyntaxError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
    return z.NEVER
  }
})
