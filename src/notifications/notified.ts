import * as z from 'zod'
import type { Destination } from './services/service.ts'

/** When which condition was told to whom, in seconds since the epoch: the published annotation of a Rollout. */
export type Notified = Readonly<Record<string, number>>

/** As published: the oldest give way. */
const most = 100

const schema = z.record(z.string(), z.number())

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Reads the annotation; what cannot be read counts as nothing, as published. */
export const readNotified = (text: string | undefined): Notified =>
  text === undefined || !isJson(text) ? {} : (schema.safeParse(JSON.parse(text)).data ?? {})

/** The annotation; `null` when there is nothing to remember, which removes it. */
export const formatNotified = (notified: Notified): string | null => {
  const newest = Object.entries(notified).sort(([, a], [, b]) => b - a)
  const kept = newest.slice(0, most).sort(([a], [b]) => (a < b ? -1 : 1))
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept))
}

/** What is remembered of a condition and a recipient. */
export interface NotifiedItem {
  /** Namespace of the configuration, where it is not the controller's. */
  readonly namespace: string | undefined
  readonly trigger: string
  /** Key of the condition. */
  readonly condition: string
  readonly oncePer: string | undefined
  readonly destination: Destination
}

/** The key in the annotation, spelled as published: who moves to this controller is not told again. */
export const notifiedKey = ({ namespace, trigger, condition, oncePer, destination }: NotifiedItem): string => {
  const parts = [trigger, condition, destination.service, destination.recipient]
  const named = namespace === undefined ? parts : [namespace, ...parts]
  return (oncePer === undefined || oncePer === '' ? named : [oncePer, ...named]).join(':')
}
