// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import java.util.ArrayList;
import java.util.List;

/**
 * What the columns of a table are for.
 *
 * @param inputs names of the columns that go in
 * @param targets names of the columns that are predicted
 */
public record ColumnRoles(List<String> inputs, List<String> targets) {
  /** Checks the names. */
  public ColumnRoles {
    UsageException.require(!targets.isEmpty(), "--target names no column");
    requireDistinct("--target", targets);
    requireDistinct("--input", inputs);
  }

  private static void requireDistinct(String option, List<String> columns) {
    UsageException.require(
        columns.stream().distinct().count() == columns.size(),
        "%s names a column twice: %s".formatted(option, CsvLine.list(columns)));
  }

  /** Whether a target is also an input: its newest value is known, and predictions go back in. */
  public boolean feedBack() {
    return targets.stream().anyMatch(inputs::contains);
  }

  /** Inputs and targets, each once. */
  List<String> all() {
    var columns = new ArrayList<>(inputs);
    targets.stream().filter(target -> !inputs.contains(target)).forEach(columns::add);
    return columns;
  }
}
