import type { RouterInquiry } from '../../src/routers/router.ts'
import { AnsweringNet } from './answering-net.ts'
import { knownObjects } from './known-objects.ts'
import { pluginsWith } from './plugins.ts'

/** What a router asks with: nobody answers, and there are no objects, unless the test says otherwise. */
export const routerInquiry = (parts: Partial<RouterInquiry> = {}): RouterInquiry => ({
  plugins: pluginsWith({ location: 'http://plugin.example' }),
  net: new AnsweringNet(() => undefined),
  aws: async () => Promise.reject(new Error('nobody answers for AWS')),
  list: async () => [],
  known: knownObjects(),
  last: undefined,
  signal: new AbortController().signal,
  ...parts,
})
