/** JSON as text, or as the bytes of that text when there is much of it: those pass between threads and to sockets uncopied. */
export type JsonText = string | Buffer

/** The pieces in one; bytes when any of them is bytes. */
export const joinJson = (pieces: readonly JsonText[]): JsonText =>
  pieces.every((piece) => typeof piece === 'string')
    ? pieces.join('')
    : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
