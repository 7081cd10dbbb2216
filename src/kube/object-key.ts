/** The namespace and name of a work queue's key, `<namespace>/<name>`; also the labels of an object's metrics. */
export const nameOfKey = (key: string): { readonly namespace: string; readonly name: string } => {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
