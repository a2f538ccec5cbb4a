// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A CSV file that a test writes and reads. */
abstract class CsvOnDisk {
  static final List<String> X = List.of("x");

  @TempDir Path folder;
  Path path;
  CsvFile file;

  @BeforeEach
  void name() {
    path = folder.resolve("data.csv");
    file = CsvFile.of(path);
  }

  void write(String text) throws IOException {
    Files.writeString(path, text);
  }

  static double[] row(Table table, long row) {
    var values = new double[table.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.get(row, i);
    }
    return values;
  }

  /** Expects an error at a line of the file. */
  void bad(int line, String message) {
    Refusal.of(
        DataException.class,
        "%s:%s: %s; fix it".formatted(path, line, message),
        () -> file.read(List.of("x", "y")));
  }
}
