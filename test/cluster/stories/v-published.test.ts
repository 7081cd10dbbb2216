import { after, before, describe } from 'node:test'

import { type Story, tellStory } from '../harness/story.ts'
import { tellOfBlueGreen } from './published/blue-green.ts'
import { tellOfCanary } from './published/canary.ts'
import { tellOfReturns } from './published/returns.ts'

describe('(v) what people and programs read is what the published controller writes', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('v')
    await story.startController()
  })

  after(() => story.end())

  tellOfCanary(() => story)
  tellOfBlueGreen(() => story)
  tellOfReturns(() => story)
})
