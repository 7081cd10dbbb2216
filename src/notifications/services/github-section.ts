import * as z from 'zod'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import { fields, optionalFlag, optionalText, requiredText, text } from './fields.ts'

const status = fields({ state: requiredText, label: text, targetURL: text })

const deployment = fields({
  state: requiredText,
  environment: optionalText,
  environmentURL: optionalText,
  logURL: optionalText,
  requiredContexts: z.array(z.string()).optional(),
  autoMerge: optionalFlag,
  transientEnvironment: optionalFlag,
  reference: optionalText,
})

const pullRequestComment = fields({ content: requiredText, commentTag: optionalText })

const instant = optionalText.refine((value) => value === undefined || fromRfc3339(value) !== undefined, {
  error: 'must be a time such as 2026-01-31T12:00:00Z',
})

const isConcluded = (run: {
  readonly status?: string | undefined
  readonly conclusion?: string | undefined
  readonly completed_at?: string | undefined
}): boolean => run.conclusion !== undefined || (run.status !== 'completed' && run.completed_at === undefined)

const checkRun = fields({
  name: requiredText,
  details_url: optionalText,
  status: optionalText,
  conclusion: optionalText,
  started_at: instant,
  completed_at: instant,
  output: fields({ title: text, summary: text, text: optionalText }).optional(),
}).refine(isConcluded, { error: 'conclusion must be set where status is completed or completed_at is set' })

const repositoryDispatch = fields({ event_type: requiredText, client_payload: optionalText })

/** The section `github` of a template. Repository and commit have no default: a Rollout, unlike an Application, knows neither. */
export const githubSection = fields({
  repoURLPath: requiredText,
  revisionPath: requiredText,
  status: status.optional(),
  deployment: deployment.optional(),
  pullRequestComment: pullRequestComment.optional(),
  checkRun: checkRun.optional(),
  repositoryDispatch: repositoryDispatch.optional(),
})

export type GithubSection = z.output<typeof githubSection>
