import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Page } from 'playwright-core'
import { rollouts } from '../../src/api/resources.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from '../scenario/expect.ts'
import { type Story, story } from '../scenario/harness.ts'
import { visit } from './browser.ts'

const names = ['api', 'bank', 'cart', 'web']

/** Four Rollouts, of which cart waits at a pause. */
const shop = async (told: Story): Promise<void> => {
  const built = names.map((name) => {
    const team = name === 'bank' ? 'money' : 'shop'
    return aRollout(name).withLabels({ team }).withSteps(setWeight(50), pause()).build()
  })
  await told.begin(...built)
  for (const name of names) await told.until(rollout(name).isHealthy(), '2m')
  told.act({ setImage: { rollout: 'cart', image: 'cart:2' } })
  await told.until(rollout('cart').isPaused('CanaryPauseStep'))
}

const transportOf = (told: Story) => told.sandbox.transport('person')

/** Waits until the list shows these Rollouts, in this order, and no other. */
const shows = async (page: Page, ...expected: readonly string[]): Promise<void> => {
  const items = page.locator('[data-item]')
  const places = expected.map((name, index) => items.nth(index).and(page.getByRole('link', { name, exact: true })))
  await Promise.all(places.map((place) => place.waitFor()))
  await items.nth(expected.length).waitFor({ state: 'detached' })
}

const focused = (page: Page, name: string) => page.locator(':focus').and(page.getByRole('link', { name, exact: true }))

describe('in a browser, the list', () => {
  story('takes the token out of the address', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page, server }) => {
      await shows(page, ...names)
      assert.equal(page.url(), server.url)
    })
  })

  story('is searched and filtered, and the address shows the same again', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await shows(page, ...names)
      await page.getByRole('searchbox').fill('team:shop')
      await shows(page, 'api', 'cart', 'web')
      await page.getByRole('button', { name: 'Paused 1' }).click()
      await shows(page, 'cart')
      assert.match(page.url(), /\/rollouts\/default\?name=team%3Ashop&Paused=true$/)
      await page.reload()
      await shows(page, 'cart')
      await page.goBack()
      await shows(page, 'api', 'cart', 'web')
      await page.getByRole('searchbox').fill('nothing')
      await page.getByRole('button', { name: 'Clear filters' }).click()
      await shows(page, ...names)
    })
  })

  story('keeps favourites first, over visits', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('button', { name: 'Favourite web' }).click()
      await shows(page, 'web', 'api', 'bank', 'cart')
      await page.reload()
      await shows(page, 'web', 'api', 'bank', 'cart')
      await page.getByRole('button', { name: 'Favourites 1' }).click()
      await shows(page, 'web')
    })
  })

  story('is a table on demand, which its headings order', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('button', { name: 'Table' }).click()
      await shows(page, ...names)
      await page.getByRole('button', { name: 'Name' }).click()
      await shows(page, 'web', 'cart', 'bank', 'api')
      await page.getByRole('columnheader', { name: 'Name' }).and(page.locator('[aria-sort=descending]')).waitFor()
    })
  })

  story('is gone through by keys: search, arrows, Enter and Escape', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await shows(page, ...names)
      await page.keyboard.press('/')
      await page.keyboard.type('a')
      await shows(page, 'api', 'bank', 'cart')
      await page.keyboard.press('ArrowDown')
      await focused(page, 'api').waitFor()
      await page.keyboard.press('ArrowRight')
      await focused(page, 'bank').waitFor()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'bank', level: 1 }).waitFor()
      await page.keyboard.press('Escape')
      await shows(page, ...names)
      await page.keyboard.press('Shift+H')
      await page.getByRole('dialog', { name: 'Help' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    })
  })

  story('follows what is created, changed and deleted', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await shows(page, ...names)
      told.apply(aRollout('new').build())
      await shows(page, 'api', 'bank', 'cart', 'new', 'web')
      told.act({ abort: { rollout: 'cart' } })
      await told.until(rollout('cart').isDegraded(), '1m')
      await page.getByRole('button', { name: 'Degraded 1' }).waitFor()
      told.sandbox.server.objects.as('person').delete(rollouts, 'default', 'bank')
      await shows(page, 'api', 'cart', 'new', 'web')
    })
  })

  story('says what to do where the token is missing, and nothing is lost when it comes', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page, context, server }) => {
      await shows(page, ...names)
      await context.clearCookies()
      await page.reload()
      await page.getByRole('alert').getByText('the token is missing').waitFor()
      await page.goto(server.firstUrl)
      await shows(page, ...names)
    })
  })

  story('leads to the page of a Rollout, which says so when it is deleted', {}, async (told) => {
    await shop(told)
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('link', { name: 'bank', exact: true }).click()
      await page.getByRole('heading', { name: 'Revisions' }).waitFor()
      told.sandbox.server.objects.as('person').delete(rollouts, 'default', 'bank')
      await page.getByRole('alert').getByText('"bank" not found').waitFor()
      await page.getByRole('button', { name: 'Restart' }).waitFor({ state: 'detached' })
    })
  })

  const narrow = { width: 360, height: 740 }

  story('fits into 360 pixels, as cards, as a table and on the page of a Rollout', {}, async (told) => {
    await shop(told)
    const scrolled = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth')
    await visit(
      transportOf(told),
      async ({ page }) => {
        await shows(page, ...names)
        assert.equal(await scrolled(page), narrow.width)
        await page.getByRole('button', { name: 'Table' }).click()
        await page.getByRole('table').waitFor()
        assert.equal(await scrolled(page), narrow.width)
        await page.getByRole('link', { name: 'cart', exact: true }).click()
        await page.getByRole('heading', { name: 'Revisions' }).waitFor()
        assert.equal(await scrolled(page), narrow.width)
      },
      narrow,
    )
  })
})
