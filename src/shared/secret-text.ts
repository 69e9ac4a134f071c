/** What stands where a secret was. */
export const MASK = '••••••••'

/** Members of the platform's answers whose value is a secret (platform protocol, "Tokens"). */
const ANSWERED = /("(?:masterToken|tokenString)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)/g
/** Those, and what a person may write into the body of a request. */
const WRITTEN = /("(?:masterToken|tokenString|apiToken|token|password)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)/gi

/**
 * The JSON text of an answer with the values of `masterToken` and `tokenString` masked, everything else word for word: no
 * number loses a digit. Works on a text that was cut as well.
 */
export const maskAnswerText = (text: string): string => text.replace(ANSWERED, `$1"${MASK}"`)

/** The JSON text of a request's body as it may be kept: with the values of all members masked that may carry a secret. */
export const maskKeptText = (text: string): string => text.replace(WRITTEN, `$1"${MASK}"`)

/** Whether a text has a place where a secret was masked: sending it would store the mask. */
export const hasMask = (text: string): boolean => text.includes(MASK)
