import { Modal } from './modal.tsx'

const keys = [
  ['/', 'Search'],
  ['Arrow keys', 'Move through the list'],
  ['Enter', 'Open a Rollout'],
  ['Esc', 'Close, clear the search, or go back to the list'],
  ['? or Shift+H', 'This help'],
] as const

const searches = [
  ['api,web', 'the name contains one of them'],
  ['"web"', 'the name is this'],
  ['!web', 'the name does not contain it'],
  ['team:shop', 'the label team contains shop'],
  ['team:"shop"', 'the label team is shop'],
] as const

const Terms = ({ terms }: { terms: readonly (readonly [string, string])[] }) => (
  <dl class="terms">
    {terms.map(([term, meaning]) => (
      <div key={term}>
        <dt>
          <kbd>{term}</kbd>
        </dt>
        <dd>{meaning}</dd>
      </div>
    ))}
  </dl>
)

/** Says which keys there are, and how to search. */
export const HelpDialog = () => (
  <Modal title="Help">
    <h3>Keys</h3>
    <Terms terms={keys} />
    <h3>Search</h3>
    <Terms terms={searches} />
  </Modal>
)
