import { join } from 'node:path'
import { after } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { buildDashboardPage } from '../../scripts/build/dashboard-page.ts'
import type { Transport } from '../../src/kube/transport.ts'
import { chromiumPath } from '../builders/chromium.ts'
import { ServedDashboard } from '../builders/served-dashboard.ts'

/** How long the page may take for anything; it is waited for no longer than it takes. */
const patienceMs = 30_000

let browser: Promise<Browser> | undefined

/** One browser for all tests of a file; as root, or in a container, Chromium can make no sandbox of its own. */
const theBrowser = (): Promise<Browser> => {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  return browser
}

after(async () => {
  await (await browser)?.close()
})

let built: Promise<string> | undefined

const thePage = (): Promise<string> => {
  built ??= buildDashboardPage(join(import.meta.dirname, '../..')).then(({ html }) => html)
  return built
}

/** How the window is. */
export interface Window {
  readonly width: number
  readonly height: number
}

/** The dashboard of a cluster, open in a browser. */
export interface OpenDashboard {
  readonly page: Page
  readonly context: BrowserContext
  readonly server: ServedDashboard
  /** What the browser complained about, such as scripts that its policy forbids. */
  readonly complaints: readonly string[]
}

/** Serves the page and opens it by the address that is printed; closes both after the visit. */
export const visit = async (
  transport: Transport,
  see: (open: OpenDashboard) => Promise<void>,
  window: Window = { width: 1280, height: 900 },
): Promise<void> => {
  const server = await ServedDashboard.start(transport, { page: await thePage() })
  const context = await (await theBrowser()).newContext({ viewport: window, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patienceMs)
  const complaints: string[] = []
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(server.firstUrl)
    await see({ page, context, server, complaints })
  } finally {
    await context.close()
    await server.close()
  }
}
