// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import org.jspecify.annotations.Nullable;

/** How a record is written on a line. */
interface RecordForm {
  /**
   * Reads a record.
   *
   * @param text well-formed UTF-8 from {@code from} to {@code to}
   * @param into cleared; takes what is found
   * @return why it cannot be used, or null
   */
  @Nullable String read(byte[] text, int from, int to, Observation into);
}
