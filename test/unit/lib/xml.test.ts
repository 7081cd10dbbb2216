import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { childrenNamed, elementAt, parseXml, XmlError } from '../../../src/lib/xml.ts'

describe('an XML document', () => {
  const text = `<?xml version="1.0"?>
    <!-- of a load balancer -->
    <Answer xmlns="http://example.com/">
      <Rules><member><Arn>a</Arn></member><member><Arn>b &amp; &#99;&#x64; &lt;&unknown;</Arn></member></Rules>
      <Marker/><Raw><![CDATA[<&amp;>]]></Raw>
    </Answer>`

  it('is read with its elements and their text', () => {
    const root = parseXml(text)
    const members = childrenNamed(elementAt(root, 'Rules'), 'member')
    assert.equal(root.name, 'Answer')
    assert.deepEqual(
      members.map((member) => elementAt(member, 'Arn').text),
      ['a', 'b & cd <&unknown;'],
    )
    assert.equal(elementAt(root, 'Marker').text, '')
    assert.equal(elementAt(root, 'Raw').text, '<&amp;>')
    assert.deepEqual(elementAt(root, 'Nothing', 'Here').children, [])
  })

  it('is refused when it is none, or cut off', () => {
    for (const wrong of [
      '',
      'no',
      '<a>',
      '<a></b>',
      '<a></a></a>',
      '<a><b></a></b>',
      '<a>1 < 2</a>',
      '<!DOCTYPE a><a/>',
    ]) {
      assert.throws(() => parseXml(wrong), XmlError, wrong)
    }
  })
})
