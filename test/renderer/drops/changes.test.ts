import { describe, expect, test } from 'vitest'
import { compareEdit, editableText } from '../../../src/renderer/drops/changes.ts'

const STORED =
  '{"id":"d1","flowId":"f1","path":"/a/b","version":3,"creationDate":1,"fhash":"h",' +
  '"elems":{"mag":{"type":"float","value":4.5},"at":{"type":"date","value":1517966773840},"big":9007199254740993}}'
const BASE = editableText(STORED)

describe('editing a drop', () => {
  test('shows the members that can be changed, types only where plain JSON would lose them', () => {
    expect(JSON.parse(BASE)).toEqual({
      elems: { mag: 4.5, at: { type: 'date', value: 1517966773840 }, big: 9007199254740992 },
      fhash: 'h'
    })
    expect(BASE).toContain('9007199254740993')
  })

  test('text that only looks different changes nothing', () => {
    expect(compareEdit(BASE, BASE.replaceAll('  ', '\t'))).toEqual({
      kind: 'readable',
      changes: [],
      update: { kind: 'members', members: [], text: '{}' },
      notes: []
    })
  })

  test('sends one changed element alone', () => {
    const edit = compareEdit(BASE, BASE.replace('4.5', '4.6'))
    expect(edit).toEqual({
      kind: 'readable',
      changes: [{ member: 'elems.mag', before: '4.5', after: '4.6' }],
      update: { kind: 'element', name: 'mag', text: '4.6' },
      notes: []
    })
  })

  test('sends several changed elements as the whole of elems, with all digits and types', () => {
    const edit = compareEdit(BASE, BASE.replace('4.5', '4.6').replace('1517966773840', '5'))
    expect(edit.kind === 'readable' ? edit.update : undefined).toEqual({
      kind: 'members',
      members: ['elems'],
      text: '{"elems":{"mag":4.6,"at":{"type":"date","value":5},"big":9007199254740993}}'
    })
  })

  test.each([
    ['an element that is removed', '{"elems":{"a":1,"b":2}}', '{"elems":{"a":1}}', '{"elems":{"a":1}}'],
    ['a name with a dot', '{"elems":{"a.b":1}}', '{"elems":{"a.b":2}}', '{"elems":{"a.b":2}}']
  ])('%s needs all of elems', (_what, before, after, text) => {
    const edit = compareEdit(before, after)
    expect(edit.kind === 'readable' ? edit.update : undefined).toEqual({
      kind: 'members',
      members: ['elems'],
      text
    })
  })

  test('sees a change beyond the digits of a number', () => {
    const edit = compareEdit(BASE, BASE.replace('9007199254740993', '9007199254740992'))
    expect(edit.kind === 'readable' ? edit.changes : []).toEqual([
      { member: 'elems.big', before: '9007199254740993', after: '9007199254740992' }
    ])
  })

  test('a removed member is sent as null, an added one as it is', () => {
    const edit = compareEdit('{"elems":{},"fhash":"h"}', '{"elems":{},"location":{"lat":1,"lon":2}}')
    expect(edit).toEqual({
      kind: 'readable',
      changes: [
        { member: 'location', before: undefined, after: '{"lat":1,"lon":2}' },
        { member: 'fhash', before: '"h"', after: undefined }
      ],
      update: {
        kind: 'members',
        members: ['location', 'fhash'],
        text: '{"location":{"lat":1,"lon":2},"fhash":null}'
      },
      notes: []
    })
  })

  test.each([
    '{',
    '[]',
    '{"elems":[]}',
    '{}',
    '{"elems":{},"id":"x"}',
    '{"elems":{"at":{"type":"date","value":"today"}}}',
    '{"elems":{"big":9223372036854775808}}',
    '{"elems":{},"location":{"lat":91,"lon":0}}',
    '{"elems":{},"fhash":7}'
  ])('%s cannot be saved, and says why', (text) => {
    expect(compareEdit(BASE, text)).toEqual({ kind: 'unreadable', message: expect.any(String) as string })
  })
})
