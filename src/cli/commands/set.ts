import { Command } from 'commander'
import { type ImageWish, setImage } from '../../client/set-image.ts'
import { UsageError } from '../command-error.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'

const readWish = (text: string): ImageWish => {
  const [container = '', image = '', ...more] = text.split('=')
  if (container === '' || image === '' || more.length > 0) throw new UsageError('an image is set by CONTAINER=IMAGE')
  return { container, image }
}

const set: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const wish = readWish(argument(invocation, 1))
  const holder = await invocation.withCluster((cluster) => setImage(cluster, name, wish))
  say(invocation, `${holder} image updated`)
}

/** `set image`: asks for another version. */
export const setCommand = (bind: Bind): Command =>
  new Command('set')
    .summary('Set the image of a Rollout')
    .description('Sets a part of an object.')
    .addCommand(
      new Command('image')
        .summary('Set the image of a container')
        .description('Sets the image of a container of a Rollout, which begins a release.')
        .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
        .argument('<CONTAINER=IMAGE>', 'Container and its new image; * for all containers')
        .action(bind(set)),
    )
