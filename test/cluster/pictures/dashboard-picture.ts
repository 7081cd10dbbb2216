import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { chromium } from 'playwright-core'

import type { Dashboard } from '../../../scripts/generate/dashboards/dashboard.ts'
import { chromiumPath } from '../../builders/chromium.ts'
import { type AnsweredPanel, dashboardPage } from './panel-page.ts'
import { queryRange, type Range } from './range-query.ts'

/** What is on a picture of a dashboard. */
export interface DashboardPicture {
  /** Titles of the panels that have data. */
  readonly shown: readonly string[]
  /** Titles of those that have none. */
  readonly empty: readonly string[]
  /** Width and height in pixels. */
  readonly size: readonly [width: number, height: number]
}

/** Variables of a dashboard as they stand for "All". */
const ofAll = (promql: string): string => promql.replaceAll(/\$[a-z]+/g, '.*')

const answersFor = (dashboard: Dashboard, url: string, range: Range): Promise<readonly AnsweredPanel[]> =>
  Promise.all(
    dashboard.rows
      .flatMap(({ panels }) => panels)
      .map(async (panel) => ({
        panel,
        answers: await Promise.all(panel.queries.map(({ promql }) => queryRange(url, ofAll(promql), range))),
      })),
  )

/** The size of a PNG stands in its first chunk (ISO/IEC 15948). */
const sizeOfPng = (png: Buffer): readonly [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)]

/** Asks Prometheus for every panel, draws the dashboard in a browser, and keeps the picture in `file`, a PNG. */
export const takeDashboardPicture = async (
  dashboard: Dashboard,
  url: string,
  range: Range,
  file: string,
): Promise<DashboardPicture> => {
  const answered = await answersFor(dashboard, url, range)
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.setContent(dashboardPage(dashboard, answered, range))
    const png = await page.screenshot({ fullPage: true })
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, png)
    const titles = (having: string): Promise<string[]> =>
      page.locator(`section${having}`).evaluateAll((found) => found.map((one) => one.getAttribute('data-panel') ?? ''))
    return {
      shown: await titles(':not(:has(.none))'),
      empty: await titles(':has(.none)'),
      size: sizeOfPng(png),
    }
  } finally {
    await browser.close()
  }
}
