import { open } from 'node:fs/promises'

import { z } from 'zod'

/** Only what ServiceAccounts do is written down: the harness and the control plane act as other users. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
}

const auditEntry = z.object({
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      resource: z.string().optional(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
  requestReceivedTimestamp: z.string(),
})

/** One request that the API server answered. */
export type AuditEntry = z.infer<typeof auditEntry>

/** A place in the audit log, to read later only what came after it. */
export type AuditMark = number

/** The requests of ServiceAccounts, as the API server itself wrote them down. */
export interface AuditLog {
  mark(): Promise<AuditMark>
  /** Completed requests of one user after a mark, oldest first. Watches appear when they end. */
  entries(user: string, since?: AuditMark): Promise<readonly AuditEntry[]>
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const buffer = Buffer.alloc(Math.max(0, size - offset))
    await handle.read(buffer, 0, buffer.length, offset)
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}

/** Reads the log file of a running API server; a line that is still being written is left for the next look. */
export function createAuditLog(file: string): AuditLog {
  return {
    async mark() {
      const handle = await open(file, 'r').catch(() => undefined)
      const size = (await handle?.stat())?.size ?? 0
      await handle?.close()
      return size
    },
    async entries(user, since = 0) {
      const text = await readFrom(file, since)
      const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
      return lines
        .filter((line) => line !== '' && line.includes(user))
        .map((line) => auditEntry.parse(JSON.parse(line)))
        .filter((entry) => entry.user.username === user && entry.stage === 'ResponseComplete')
    },
  }
}
