import { readBuiltPage } from '../server/dashboard/built-page.ts'

/** Written into the bundle by `scripts/build.ts`; absent when the sources run as they are. */
declare const crossfadeDashboardPage: string | undefined

/**
 * The page that the plugin's `dashboard` serves: that of the bundle, or of `dist/`. A file of its own, so that other commands do not
 * load the page.
 * @throws PageNotBuiltError
 */
export const dashboardPage = async (): Promise<string> =>
  typeof crossfadeDashboardPage === 'undefined' ? readBuiltPage() : crossfadeDashboardPage
