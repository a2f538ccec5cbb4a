// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether somebody is told that a window does not cover the season. */
final class SeasonReachTest {
  @TempDir Path folder;

  private Object[] train(String options) throws IOException {
    var lines = new ArrayList<String>(List.of("load"));
    var random = new Random(6);
    for (int t = 0; t < 400; t++) {
      lines.add(Double.toString(Math.sin(2 * Math.PI * t / 24) + 0.01 * random.nextGaussian()));
    }
    Path table = Files.write(folder.resolve("load.csv"), lines);
    Object[] words = {"train", "--csv", table, "--target", "load", "--out", folder.resolve("run")};
    return changed(quick(words), "--epochs 1 --force " + options);
  }

  @Test
  void aWindowThatIsTooShortIsSaid() throws IOException {
    String said = succeeds(train("--k2 10")).err();
    assertTrue(
        said.contains("'load' repeats every 24 rows; --k2 10 cannot see that far: --k2 24"), said);
    assertFalse(said.contains("--calendar"), "nobody knows when the rows are");
  }

  @Test
  void oneThatCoversItIsNot() throws IOException {
    assertFalse(succeeds(train("--k2 24")).err().contains("cannot see that far"));
  }
}
