// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotWriterTest {
  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();

  private SnapshotWriter writer() throws IOException {
    var series = new SnapshotSeries(folder, 2);
    series.write(10, Map.of(), new Snapshot());
    return new SnapshotWriter(series, series.newest().snapshot().orElseThrow(), warnings::add);
  }

  private static void submit(SnapshotWriter writer, long records, Runnable ready) {
    writer.submit(records, Map.of(), new Snapshot(), ready);
    writer.await();
  }

  @Test
  void whateverKeepsASnapshotFromTheDiskIsTold() throws IOException {
    try (SnapshotWriter writer = writer()) {
      submit(writer, 5, () -> {}); // there is a newer one
      assertTrue(writer.fails());
      assertEquals(1, warnings.size());
      assertTrue(warnings.getFirst().contains("snapshot 5 cannot be written"), warnings::toString);
      submit(writer, 6, () -> {});
      assertEquals(1, warnings.size(), "once");
      submit(writer, 11, () -> {});
      assertFalse(writer.fails());
      assertEquals(11, writer.newest());
    }
  }

  @Test
  void answersThatNobodyTakesAreToldElsewhere() throws IOException {
    try (SnapshotWriter writer = writer()) {
      submit(
          writer,
          11,
          () -> {
            throw new UncheckedIOException(new IOException("it is broken"));
          });
      assertTrue(writer.fails());
      assertEquals(List.of(), warnings);
      assertEquals(10, writer.newest());
    }
  }
}
