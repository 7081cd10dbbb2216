import { useState } from 'preact/hooks'
import type { ContainerInfo, RolloutInfo } from '../../server/dashboard/messages.ts'
import type { Command } from '../model/actions.ts'
import { imageParts } from '../model/image-text.ts'
import { imagesOf } from '../model/revisions.ts'
import { useApp } from './app-context.tsx'
import { Icon } from './icon.tsx'

type Drafts = Readonly<Record<string, string>>

const changesIn = (containers: readonly ContainerInfo[], drafts: Drafts): readonly ContainerInfo[] =>
  containers.flatMap(({ name, image }) => {
    const draft = drafts[name]?.trim()
    return draft === undefined || draft === image ? [] : [{ name, image: draft }]
  })

const commandsFor = (changes: readonly ContainerInfo[]): readonly Command[] =>
  changes.flatMap(({ name, image }) => {
    const parts = imageParts(image ?? '')
    return parts === undefined ? [] : [{ kind: 'set-image' as const, container: name, image: parts }]
  })

interface ImageInputProps {
  readonly container: ContainerInfo
  readonly draft: string
  onInput(text: string): void
}

const ImageInput = ({ container, draft, onInput }: ImageInputProps) => {
  const isBad = imageParts(draft) === undefined && draft.trim() !== container.image
  return (
    <>
      <input
        class="mono"
        aria-label={`Image of ${container.name}`}
        aria-invalid={isBad}
        list="known-images"
        value={draft}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {isBad && <p class="error">An image needs a tag or a digest, such as shop/web:1.4</p>}
    </>
  )
}

interface ContainersProps {
  readonly title: string
  readonly containers: readonly ContainerInfo[]
  readonly drafts: Drafts | undefined
  onDraft(name: string, text: string): void
}

const Containers = ({ title, containers, drafts, onDraft }: ContainersProps) => (
  <>
    {title !== '' && <h3>{title}</h3>}
    <dl class="images">
      {containers.map((container) => (
        <div key={container.name}>
          <dt>{container.name}</dt>
          <dd>
            {drafts === undefined ? (
              <span class="mono">{container.image ?? ''}</span>
            ) : (
              <ImageInput
                container={container}
                draft={drafts[container.name] ?? container.image ?? ''}
                onInput={(text) => onDraft(container.name, text)}
              />
            )}
          </dd>
        </div>
      ))}
    </dl>
  </>
)

/** The images of the containers, which can be edited in place. What is saved is asked for once more. */
export const ImagePanel = ({ info }: { info: RolloutInfo }) => {
  const { dispatch, state } = useApp()
  const [drafts, setDrafts] = useState<Drafts>()
  const { containers = [], initContainers = [] } = info
  const changes = changesIn([...containers, ...initContainers], drafts ?? {})
  const commands = commandsFor(changes)
  const edit = (name: string, text: string): void => setDrafts({ ...drafts, [name]: text })
  const save = (event: Event): void => {
    event.preventDefault()
    setDrafts(undefined)
    if (commands.length === 0) return
    const { name, namespace = state.namespace ?? '' } = info.objectMeta
    dispatch({ type: 'dialog opened', dialog: { kind: 'confirm', commands, namespace, name } })
  }
  if (containers.length === 0) return null
  return (
    <form class="panel" onSubmit={save}>
      <h2>
        Containers
        {drafts === undefined ? (
          <button type="button" onClick={() => setDrafts({})}>
            <Icon name="edit" /> Edit
          </button>
        ) : (
          <span class="row">
            <button type="button" onClick={() => setDrafts(undefined)}>
              Cancel
            </button>
            <button type="submit" class="primary" disabled={commands.length < Math.max(1, changes.length)}>
              Save
            </button>
          </span>
        )}
      </h2>
      <Containers title="" containers={containers} drafts={drafts} onDraft={edit} />
      {initContainers.length > 0 && (
        <Containers title="Init containers" containers={initContainers} drafts={drafts} onDraft={edit} />
      )}
      <datalist id="known-images">
        {imagesOf(info.replicaSets ?? []).map(({ image }) => (
          <option key={image} value={image} />
        ))}
      </datalist>
    </form>
  )
}
