// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A line for each cell, a column for each task.
 *
 * @param results cell by cell, each with the same tasks
 */
public record ResultTable(List<Result> results) {
  /** Copies the list. */
  public ResultTable {
    results = List.copyOf(results);
  }

  /** The table in Markdown, without a line break at its end. */
  public String markdown() {
    var tasks =
        results.stream().filter(some -> some.cell().equals(results.getFirst().cell())).toList();
    var lines = new ArrayList<String>();
    lines.add(line("cell", tasks, some -> some.task() + ": " + some.measure()));
    lines.add("|---|" + "---|".repeat(tasks.size()));
    for (String cell : results.stream().map(Result::cell).distinct().toList()) {
      var own = results.stream().filter(some -> some.cell().equals(cell)).toList();
      lines.add(line(cell, own, some -> Figures.of(some.error())));
    }
    lines.add(line("no cell", tasks, Result::reference));
    return String.join("\n", lines);
  }

  private static String line(String first, List<Result> row, Function<Result, String> column) {
    return "| %s | %s |".formatted(first, String.join(" | ", row.stream().map(column).toList()));
  }
}
