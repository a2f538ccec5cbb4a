// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.UsageException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is read of each record.
 *
 * @param inputs names of the columns that go in
 * @param targets names of the columns that are predicted
 * @param key name of the column that says which sequence a record is of; null where all are of one
 * @param time names of the columns that say when it is, together; may be empty
 */
public record StreamColumns(
    List<String> inputs, List<String> targets, @Nullable String key, List<String> time) {
  /** Checks the names. */
  public StreamColumns {
    UsageException.require(!targets.isEmpty(), "--target names no column");
    requireDistinct("--target", targets);
    requireDistinct("--input", inputs);
    requireDistinct("--time", time);
    List<String> numbers = numbers(inputs, targets);
    for (String column : time) {
      UsageException.require(
          !numbers.contains(column),
          "'%s' cannot both say the time and be an input or a target; for the time of day as an input use --calendar"
              .formatted(column));
    }
    UsageException.require(
        key == null || !numbers.contains(key),
        "'%s' cannot both be the key and an input or a target".formatted(key));
  }

  private static void requireDistinct(String option, List<String> columns) {
    UsageException.require(
        columns.stream().distinct().count() == columns.size(),
        "%s names a column twice: %s".formatted(option, CsvLine.list(columns)));
  }

  private static List<String> numbers(List<String> inputs, List<String> targets) {
    return Stream.concat(inputs.stream(), targets.stream()).distinct().toList();
  }

  /** The columns that hold numbers, each once: the inputs, then the targets that are none. */
  public List<String> numbers() {
    return numbers(inputs, targets);
  }

  /** Number of each target among the numbers. */
  public int[] targetNumbers() {
    return targets.stream().mapToInt(numbers()::indexOf).toArray();
  }

  /** All columns, each once. */
  public List<String> all() {
    return Stream.of(numbers().stream(), Stream.ofNullable(key), time.stream())
        .flatMap(each -> each)
        .distinct()
        .toList();
  }
}
