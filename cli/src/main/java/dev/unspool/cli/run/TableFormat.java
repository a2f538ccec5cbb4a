// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.CsvFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How a table is written.
 *
 * @param separator between fields
 * @param decimal before the decimals, a point or a comma
 * @param skipBadRows whether rows that cannot be read are left out
 */
public record TableFormat(char separator, char decimal, boolean skipBadRows) {
  /** What can be done about a row that is bad. */
  public static final String ADVICE = "fix it or use --skip-bad-rows";

  /**
   * A table that has certain columns.
   *
   * @throws UsageException if it has not; the message lists those it has
   */
  public CsvFile open(Path path, List<String> columns) throws IOException {
    CsvFile file = open(path);
    try {
      file.requireColumns(columns);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
    return file;
  }

  /** A table of which nothing is known yet. */
  public CsvFile open(Path path) {
    try {
      CsvFile file =
          CsvFile.of(path).withSeparator(separator).withDecimal(decimal).withAdvice(ADVICE, ADVICE);
      return skipBadRows ? file.skippingBadRows() : file;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }
}
