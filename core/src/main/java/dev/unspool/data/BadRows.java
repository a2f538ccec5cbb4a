// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/**
 * What is done with rows that cannot be used.
 *
 * @param skip whether they are left out and counted; else they are refused
 * @param advice what a user can do about one, for the end of a message
 * @param ofMissing the same where it is only that a number is missing
 */
record BadRows(boolean skip, String advice, String ofMissing) {
  /** They are refused, by programs that have no option for them. */
  static final BadRows REFUSED = new BadRows(false, "fix it", "fix it");

  /** The same with other advice. */
  BadRows advising(String newAdvice, String newOfMissing) {
    return new BadRows(skip, newAdvice, newOfMissing);
  }

  /** They are left out. */
  BadRows skipped() {
    return new BadRows(true, advice, ofMissing);
  }
}
