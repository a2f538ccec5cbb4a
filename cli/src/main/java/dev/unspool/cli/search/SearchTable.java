// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The trials of a search, the best first: for people, and as {@code search.csv}. */
public final class SearchTable {
  static final String CSV = "search.csv";

  private SearchTable() {}

  private static List<SearchFile.Trial> sorted(SearchFile file) {
    return file.trials().stream()
        .sorted(
            Comparator.comparing((SearchFile.Trial trial) -> trial.lost() != null)
                .thenComparing(trial -> -trial.rungs().size())
                .thenComparing(SearchFile.Trial::validation)
                .thenComparing(SearchFile.Trial::number))
        .toList();
  }

  private static List<String> options(SearchFile file) {
    return List.copyOf(file.trials().getFirst().options().keySet());
  }

  /** Lines for people. */
  public static List<String> lines(SearchFile file) {
    List<String> options = options(file);
    var table = new TextTable();
    var head = new ArrayList<>(List.of("trial"));
    options.forEach(option -> head.add(option.replaceFirst("^--", "")));
    head.addAll(List.of("epochs", "validation loss"));
    table.add(head);
    for (SearchFile.Trial trial : sorted(file)) {
      var row = new ArrayList<>(List.of(Integer.toString(trial.number())));
      options.forEach(option -> row.add(trial.options().getOrDefault(option, "")));
      row.add(Integer.toString(trial.epochs()));
      row.add(trial.lost() != null ? "lost" : Numbers.of(trial.validation()));
      table.add(row);
    }
    var lines = new ArrayList<>(table.lines());
    for (SearchFile.Trial trial : sorted(file)) {
      if (trial.lost() != null) {
        lines.add("trial %s is lost: %s".formatted(trial.number(), trial.lost()));
      }
    }
    return lines;
  }

  /** Writes {@code search.csv}. */
  static void write(SearchFile file, Path folder) throws IOException {
    List<String> options = options(file);
    var text = new StringBuilder("trial");
    options.forEach(option -> text.append(',').append(CsvLine.quoted(option.substring(2))));
    text.append(",epochs,validation_loss,lost\n");
    for (SearchFile.Trial trial : sorted(file)) {
      text.append(trial.number());
      options.forEach(
          option ->
              text.append(',').append(CsvLine.quoted(trial.options().getOrDefault(option, ""))));
      boolean known = Double.isFinite(trial.validation());
      text.append(',').append(trial.epochs());
      text.append(',').append(known ? Double.toString(trial.validation()) : "");
      text.append(',').append(trial.lost() == null ? "" : CsvLine.quoted(trial.lost()));
      text.append('\n');
    }
    DurableFile.write(folder.resolve(CSV), text.toString().getBytes(UTF_8));
  }
}
