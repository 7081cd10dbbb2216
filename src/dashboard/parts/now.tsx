import { useEffect, useState } from 'preact/hooks'

/** Milliseconds since the epoch, told again each `everyMs` while a part is shown that names times. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
