// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Small files to learn from, and options that make learning them quick. */
final class TinyData {
  static final List<String> QUICK =
      List.of(
          "--hidden",
          "8",
          "--k1",
          "5",
          "--k2",
          "10",
          "--lanes",
          "2",
          "--epochs",
          "3",
          "--report-every",
          "1000");

  private TinyData() {}

  /** A wave, the force that drives another, and that other. */
  static Path table(Path folder) throws IOException {
    return table(folder.resolve("table.csv"), 200);
  }

  static Path table(Path file, int rows) throws IOException {
    var lines = new ArrayList<String>(List.of("time,wave,force,driven"));
    double driven = 0;
    for (int t = 0; t < rows; t++) {
      double force = Math.sin(0.37 * t) + Math.cos(0.11 * t);
      driven = 0.8 * driven + 0.5 * force;
      lines.add("%s,%s,%s,%s".formatted(t, 3 + 2 * Math.sin(0.2 * t), force, driven));
    }
    return Files.write(file, lines);
  }

  /** A text with letters of more than one byte. */
  static Path text(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("text.txt"), "Öl und Wasser mischen sich nicht.\n".repeat(60));
  }

  /** A command and its words. */
  static Object[] joined(String command, Object... words) {
    return Stream.concat(Stream.of(command), Stream.of(words)).toArray();
  }

  /** A command's words, followed by the quick options. */
  static Object[] quick(Object... words) {
    return Stream.concat(Stream.of(words), QUICK.stream()).toArray();
  }

  /**
   * What trains a model of {@code driven}, which also reads {@code force} and does not predict it.
   */
  static Object[] driven(Path table, Path run) {
    return quick(
        "train", "--csv", table, "--target", "driven", "--input", "force,driven", "--out", run);
  }

  /** The words with some options changed or added. */
  static Object[] changed(Object[] words, String options) {
    var changed = new ArrayList<Object>(List.of(words));
    String[] more = options.split(" ");
    for (String word : more) {
      int at = changed.indexOf(word);
      if (word.startsWith("--") && at >= 0) {
        changed.remove(at + 1);
        changed.remove(at);
      }
    }
    changed.addAll(List.of(more));
    return changed.toArray();
  }
}
