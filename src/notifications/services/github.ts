import * as z from 'zod'
import { parseJsonField } from './fields.ts'
import { type GithubApi, type GithubConfig, githubApi, githubConfig } from './github-app.ts'
import { commentPullRequests } from './github-comment.ts'
import { type GithubSection, githubSection } from './github-section.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { ServiceKind } from './service.ts'
import { shorten } from './shorten.ts'

/** What a template tells GitHub about one commit. */
interface News {
  /** `repos/owner/name`. */
  readonly repository: string
  readonly revision: string
  readonly message: string
  readonly section: GithubSection
}

/** GitHub's limit for descriptions of statuses and deployments. */
const longestDescription = 140

/** Owner and name, of any address that `git clone` takes: https, ssh, or `git@host:owner/name.git`. */
const repositoryOf = (address: string): string => {
  const path = URL.parse(address)?.pathname ?? address.slice(address.indexOf(':') + 1)
  const [owner, name] = path
    .replace(/\.git$/, '')
    .split('/')
    .filter(Boolean)
  if (owner !== undefined && name !== undefined) return `repos/${owner}/${name}`
  throw new ServiceConfigError('github.repoURLPath: must be the address of a repository, with owner and name')
}

const setStatus = async (
  { repository, revision, message, section: { status } }: News,
  api: GithubApi,
): Promise<void> => {
  if (status === undefined) return
  const body = {
    state: status.state,
    description: shorten(message, longestDescription),
    context: status.label,
    target_url: status.targetURL,
  }
  await api({ method: 'POST', path: `${repository}/statuses/${revision}`, body }, z.unknown())
}

const idSchema = z.object({ id: z.number() })

type Deployment = NonNullable<GithubSection['deployment']>

const findDeployment = async (
  { repository, revision }: News,
  { environment, reference, requiredContexts, autoMerge, transientEnvironment }: Deployment,
  api: GithubApi,
): Promise<number> => {
  const query = new URLSearchParams({ ref: revision, ...(environment && { environment }) })
  const [known] = await api({ method: 'GET', path: `${repository}/deployments?${query}` }, z.array(idSchema))
  if (known !== undefined) return known.id
  const body = {
    ref: reference ?? revision,
    ...(environment && { environment }),
    ...(requiredContexts && { required_contexts: requiredContexts }),
    auto_merge: autoMerge ?? true,
    transient_environment: transientEnvironment ?? false,
  }
  return (await api({ method: 'POST', path: `${repository}/deployments`, body }, idSchema)).id
}

const setDeployment = async (news: News, api: GithubApi): Promise<void> => {
  const { deployment } = news.section
  if (deployment === undefined) return
  const id = await findDeployment(news, deployment, api)
  const { state, environment, environmentURL, logURL } = deployment
  const body = {
    state,
    description: shorten(news.message, longestDescription),
    ...(logURL && { log_url: logURL }),
    ...(environment && { environment }),
    ...(environmentURL && { environment_url: environmentURL }),
  }
  await api({ method: 'POST', path: `${news.repository}/deployments/${id}/statuses`, body }, z.unknown())
}

const addComment = async ({ repository, revision, section }: News, api: GithubApi): Promise<void> => {
  const { pullRequestComment } = section
  if (pullRequestComment !== undefined) await commentPullRequests(repository, revision, pullRequestComment, api)
}

const addCheckRun = async ({ repository, revision, section: { checkRun } }: News, api: GithubApi): Promise<void> => {
  if (checkRun === undefined) return
  const { status = checkRun.conclusion && 'completed', ...run } = checkRun
  // By this id the published controller's check runs are told from those of others.
  const body = { head_sha: revision, external_id: 'argocd-notifications', ...run, ...(status && { status }) }
  await api({ method: 'POST', path: `${repository}/check-runs`, body }, z.unknown())
}

const dispatch = async ({ repository, section }: News, api: GithubApi): Promise<void> => {
  const { event_type: eventType, client_payload: json } = section.repositoryDispatch ?? {}
  if (eventType === undefined) return
  const where = 'github.repositoryDispatch.client_payload'
  const payload = json === undefined ? {} : parseJsonField(z.record(z.string(), z.json()), json, where)
  const body = { event_type: eventType, client_payload: payload }
  await api({ method: 'POST', path: `${repository}/dispatches`, body }, z.unknown())
}

interface Step {
  readonly take: (news: News, api: GithubApi) => Promise<void>
  /** Whether taking it twice is the same as taking it once. */
  readonly isRepeatable: (section: GithubSection) => boolean
}

const always = (): boolean => true

/** In the published order. */
const steps: readonly Step[] = [
  { take: setStatus, isRepeatable: always },
  { take: setDeployment, isRepeatable: always },
  {
    take: addComment,
    isRepeatable: ({ pullRequestComment }) =>
      pullRequestComment === undefined || pullRequestComment.commentTag !== undefined,
  },
  { take: addCheckRun, isRepeatable: ({ checkRun }) => checkRun === undefined },
  { take: dispatch, isRepeatable: always },
]

const tell = async (news: News, api: GithubApi): Promise<void> => {
  let mayRepeat = true
  for (const { take, isRepeatable } of steps) {
    try {
      await take(news, api)
    } catch (error) {
      if (mayRepeat || !(error instanceof SendError)) throw error
      throw new SendError(`${error.message}; a part had arrived before`, { retry: false, status: error.status })
    }
    mayRepeat &&= isRepeatable(news.section)
  }
}

/** GitHub as an App: statuses, deployments, comments, check runs and dispatches about a commit. The recipient plays no part. */
export const github: ServiceKind<GithubConfig, GithubSection> = {
  type: 'github',
  config: githubConfig,
  section: { key: 'github', schema: githubSection },
  secrets: ({ privateKey }) => [privateKey],
  send: async (config, { message, section }, _destination, context) => {
    if (section === undefined) throw new ServiceConfigError('github: the template has no such section')
    const { repoURLPath, revisionPath: revision } = section
    const news = { repository: repositoryOf(repoURLPath), revision: encodeURIComponent(revision), message, section }
    await tell(news, githubApi(config, context))
  },
}
