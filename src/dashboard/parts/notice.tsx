import { ToneIcon } from './icon.tsx'

/** Something is wrong with what is shown; the server's words say what. */
export const Notice = ({ text }: { text: string }) => (
  <div class="notice bad" role="alert">
    <ToneIcon tone="warning" />
    <p>{text}</p>
  </div>
)
