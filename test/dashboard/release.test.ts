import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout, theRollout } from '../scenario/expect.ts'
import { type Story, story } from '../scenario/harness.ts'
import { visit } from './browser.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause(), setWeight(50), pause(), setWeight(75))

const template = anAnalysisTemplate('success-rate', aMetric('success-rate', { failureLimit: 1 }))
const metrics = [{ metric: 'success-rate', cases: [{ values: [0.99] }] }]

/** Two Rollouts, of which web waits at the first pause of its second version. */
const pausedRelease = async (told: Story, builder = web): Promise<void> => {
  await told.begin(template, aRollout('cart').build(), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'))
}

const transportOf = (told: Story) => told.sandbox.transport('person')

describe('in a browser, a release', () => {
  story('is found in the list, promoted on its page, and seen at its next step', {}, async (told) => {
    await pausedRelease(told)
    await visit(transportOf(told), async ({ page, complaints }) => {
      await page.getByRole('link', { name: 'web' }).click()
      await page.getByRole('heading', { name: 'web', level: 1 }).waitFor()
      const current = page.locator('[aria-current=step]')
      assert.equal(await current.innerText(), 'current:\nPause until promoted')
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      await page.getByText('The release goes on with step 3 of 5: Set weight: 50%.').waitFor()
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('web is promoted').waitFor()
      await told.until(rollout('web').isAtStep(3), '1m')
      await page.getByRole('heading', { name: 'Steps 3/5' }).waitFor()
      await page.getByRole('meter', { name: 'Canary weight' }).and(page.locator('[aria-valuenow="50"]')).waitFor()
      assert.deepEqual(complaints, [])
    })
  })

  story('stays as it is when the question is answered by no, and the focus returns to the button', {}, async (told) => {
    await pausedRelease(told)
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('link', { name: 'web' }).click()
      const abort = page.getByRole('button', { name: 'Abort' })
      const dialog = page.getByRole('dialog')
      const isFocused = abort.and(page.locator(':focus'))
      await abort.click()
      await dialog.getByRole('button', { name: 'Confirm' }).and(page.locator(':focus')).waitFor()
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await isFocused.waitFor()
      await abort.press('Enter')
      await dialog.waitFor()
      await page.keyboard.press('Escape')
      await isFocused.waitFor()
      await told.pass('1m')
      told.expect(rollout('web').isPaused('CanaryPauseStep'))
    })
  })

  story('is aborted, which leaves it degraded, and retried', {}, async (told) => {
    await pausedRelease(told)
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('link', { name: 'web' }).click()
      assert.equal(await page.getByRole('button', { name: 'Retry' }).isDisabled(), true)
      await page.getByRole('button', { name: 'Abort' }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('web is aborted').waitFor()
      await told.until(rollout('web').isDegraded(), '1m')
      await page.locator('.heading .phase', { hasText: 'Degraded' }).waitFor()
      await page.getByRole('button', { name: 'Retry' }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('web is retried').waitFor()
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '5m')
    })
  })

  story('begins with an image that is edited in place, and is rolled back', {}, async (told) => {
    await told.begin(web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    await visit(transportOf(told), async ({ page }) => {
      await page.getByRole('link', { name: 'web' }).click()
      await page.getByRole('button', { name: 'Edit' }).click()
      const input = page.getByLabel('Image of main')
      await input.fill('registry:5000/web')
      await page.getByText('An image needs a tag').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true)
      await input.fill('registry:5000/web:2')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: 'Set image' }).click()
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '5m')
      assert.equal(theRollout(told.sandbox, 'web').spec.template?.spec?.containers[0]?.image, 'registry:5000/web:2')
      await page.getByRole('button', { name: 'Roll back to revision 1' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
      await told.until(rollout('web').isHealthy(), '5m')
      await page.getByRole('heading', { name: 'Revision 3' }).waitFor()
    })
  })

  story('shows the measurements of its analysis', { metrics }, async (told) => {
    await pausedRelease(told, web.withSteps(setWeight(25), analysis('success-rate'), pause()))
    await visit(transportOf(told), async ({ page, complaints }) => {
      await page.getByRole('link', { name: 'web' }).click()
      await page.getByRole('list', { name: 'AnalysisRuns' }).getByRole('button').click()
      await page.getByRole('tab', { name: 'Summary' }).press('ArrowRight')
      await page.getByRole('img', { name: /^Chart of 3 measurements of success-rate, success if >= 0.95$/ }).waitFor()
      assert.equal(await page.getByRole('dialog').getByRole('cell', { name: '0.99', exact: true }).count(), 3)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.getByRole('heading', { name: 'web', level: 1 }).waitFor()
      assert.deepEqual(complaints, [])
    })
  })

  story("that the server refuses to change is told in the server's words", {}, async (told) => {
    await pausedRelease(told)
    await visit(transportOf(told), async ({ page, context }) => {
      await page.getByRole('link', { name: 'web' }).click()
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      await context.clearCookies()
      await page.getByRole('button', { name: 'Confirm' }).click()
      const toast = page.getByRole('alert')
      await toast.getByText('Could not promote web').waitFor()
      await toast.getByText('the token is missing').waitFor()
      await toast.getByRole('button', { name: 'Dismiss' }).click()
      await toast.waitFor({ state: 'hidden' })
      told.expect(rollout('web').isAtStep(1))
    })
  })
})
