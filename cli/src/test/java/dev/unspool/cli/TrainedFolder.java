// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.TinyData.quick;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A table, and the folder of a quick training on it. */
abstract class TrainedFolder {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  /** The words of that training. */
  Object[] train(Object... more) {
    return Stream.concat(
            Stream.of(quick("train", "--csv", table, "--target", "wave", "--out", run)),
            Stream.of(more))
        .toArray();
  }
}
