// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** What a step of a text is. */
public enum TokenKind {
  /** One byte of UTF-8. */
  BYTES,
  /** One word of a vocabulary. */
  WORDS
}
