import { createHash } from 'node:crypto'

/** The page as it is served, with the policy that goes with it. */
export interface ServedPage {
  readonly html: string
  /** Content-Security-Policy: only the scripts and styles of the page itself, and requests to this server alone. */
  readonly policy: string
}

/** `'sha256-…'` of each inline element of a name (CSP Level 3, "hash-source"). */
const hashesOf = (html: string, element: 'script' | 'style'): readonly string[] =>
  [...html.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`, 'gi'))].map(
    ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
  )

const sources = (hashes: readonly string[]): string => (hashes.length === 0 ? "'none'" : hashes.join(' '))

const baseElement = /<base\b[^>]*>/i

const withBase = (html: string, path: string): string => {
  const base = `<base href="${path}">`
  return baseElement.test(html)
    ? html.replace(baseElement, base)
    : html.replace(/<head\b[^>]*>/i, (head) => `${head}${base}`)
}

/**
 * Prepares the page for the path below which it is served: relative addresses in it, such as `api/v1/version`, are below
 * that path, at whatever depth the page is opened.
 */
export const servedPage = (source: string, path: string): ServedPage => {
  const html = withBase(source, path)
  const policy = [
    "default-src 'none'",
    `script-src ${sources(hashesOf(html, 'script'))}`,
    `style-src ${sources(hashesOf(html, 'style'))}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return { html, policy: policy.join('; ') }
}
