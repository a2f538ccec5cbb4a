// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of versions that knew no decimal commas, no robust scale and no MAE. */
final class OldRunTest {
  @TempDir Path folder;

  @Test
  void aRunIsReadAndGoesOn() throws IOException {
    Path table = TinyData.table(folder);
    Path run = folder.resolve("run");
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path old = Files.createDirectory(folder.resolve("old"));
    JsonObject config = CommandRun.json(Files.readString(run.resolve("config.json")));
    for (String key : List.of("decimal", "normalise")) {
      assertTrue(config.getAsJsonObject("csv").has(key), key);
      config.getAsJsonObject("csv").remove(key);
    }
    config.remove("crc32c");
    Files.writeString(old.resolve("config.json"), config.toString());
    Files.writeString(
        old.resolve("metrics.json"),
        "{\"test\":{\"rmse\":1.5,\"persistence_rmse\":2.0,\"rows\":40,\"targets\":"
            + "{\"wave\":{\"rmse\":1.5,\"persistence_rmse\":2.0}}}}");
    assertTrue(
        succeeds("info", old).out().contains("test RMSE 1.5, 25.0 % below persistence (2)"),
        "figures without MAE");
    succeeds("resume", old);
    assertEquals(
        Files.readString(run.resolve("metrics.json")),
        Files.readString(old.resolve("metrics.json")));
  }
}
