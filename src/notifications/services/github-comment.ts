import * as z from 'zod'
import type { GithubApi } from './github-app.ts'
import type { GithubSection } from './github-section.ts'
import { shorten } from './shorten.ts'

const pullsSchema = z.array(z.object({ number: z.number() }))
const commentsSchema = z.array(z.object({ id: z.number(), body: z.string().nullish() }))

/** GitHub's limit for a comment, and how many comments are looked through for the one with the tag. */
const longestComment = 65_536
const pageSize = 100
const mostPages = 10

/** By this the published controller finds its comments again. */
const markOf = (tag: string): string => `<!-- argocd-notifications ${tag} -->`

const findComment = async (
  comments: string,
  mark: string,
  api: GithubApi,
  page = 1,
): Promise<{ readonly id: number } | undefined> => {
  const path = `${comments}?per_page=${pageSize}&page=${page}`
  const found = await api({ method: 'GET', path }, commentsSchema)
  const own = found.find(({ body }) => body?.includes(mark))
  if (own !== undefined || found.length < pageSize || page >= mostPages) return own
  return findComment(comments, mark, api, page + 1)
}

/**
 * Comments on every pull request that a commit belongs to. A comment with a tag is changed where it is there already.
 * @param repository path of the repository: `repos/owner/name`
 */
export const commentPullRequests = async (
  repository: string,
  revision: string,
  { content, commentTag }: NonNullable<GithubSection['pullRequestComment']>,
  api: GithubApi,
): Promise<void> => {
  const mark = commentTag && markOf(commentTag)
  const body = mark
    ? `${shorten(content, longestComment - mark.length - 1)}\n${mark}`
    : shorten(content, longestComment)
  const pulls = await api({ method: 'GET', path: `${repository}/commits/${revision}/pulls` }, pullsSchema)
  for (const { number } of pulls) {
    const comments = `${repository}/issues/${number}/comments`
    const own = mark === undefined ? undefined : await findComment(comments, mark, api)
    if (own === undefined) await api({ method: 'POST', path: comments, body: { body } }, z.unknown())
    else await api({ method: 'PATCH', path: `${repository}/issues/comments/${own.id}`, body: { body } }, z.unknown())
  }
}
