// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a record is written on a line. */
public interface RecordForm {
  /** Bytes of the longest text that is read as a record. */
  int LONGEST = 1 << 20;

  /**
   * The form of a stream.
   *
   * @param header names of the fields, of CSV
   * @throws dev.unspool.cli.run.UsageException if a column that is asked for is not there, or twice
   */
  static RecordForm of(StreamColumns columns, RecordFormat format, List<String> header) {
    return format.kind() == RecordFormat.Kind.JSON
        ? new JsonForm(columns)
        : new CsvForm(columns, header, format.separator(), format.decimal());
  }

  /**
   * Reads a record.
   *
   * @param text well-formed UTF-8 from {@code from} to {@code to}
   * @param into cleared; takes what is found
   * @return why it cannot be used, or null
   */
  @Nullable String read(byte[] text, int from, int to, Observation into);
}
