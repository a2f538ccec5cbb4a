// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.SaidLater;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the columns of a table are for.
 *
 * @param inputs names of the columns that go in
 * @param targets names of the columns that are predicted
 * @param known names of the columns that are known in advance, and are read in the row that is
 *     predicted
 */
public record ColumnRoles(
    List<String> inputs, List<String> targets, @SaidLater List<String> known) {
  /** Checks the names. */
  public ColumnRoles {
    known = Objects.requireNonNullElse(known, List.of());
    UsageException.require(!targets.isEmpty(), "--target names no column");
    requireDistinct("--target", targets);
    requireDistinct("--input", inputs);
    requireDistinct("--known", known);
    for (String column : known) {
      UsageException.require(
          !targets.contains(column),
          "'%s' is to be predicted, so it is not known in advance; name it in --target or in --known"
              .formatted(column));
    }
  }

  /** Columns of which none is known in advance. */
  public static ColumnRoles of(List<String> inputs, List<String> targets) {
    return new ColumnRoles(inputs, targets, List.of());
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

  /** Inputs, targets, and what is known in advance, each once. */
  public List<String> columns() {
    return Stream.of(inputs, targets, known).flatMap(List::stream).distinct().toList();
  }
}
