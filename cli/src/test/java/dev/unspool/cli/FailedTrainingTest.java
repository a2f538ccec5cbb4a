// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training leaves that is refused, or that diverges. */
final class FailedTrainingTest extends TrainedFolder {
  @Test
  void aTrainingThatIsRefusedLeavesNothing() throws IOException {
    Path text = TinyData.text(folder);
    Object[] words = quick("train", "--text", text, "--out", run);
    for (String options : List.of("--lanes 2147483647", "--lanes 2000", "--hidden 60000")) {
      int status = options.startsWith("--hidden") ? 2 : 1;
      String line = fails(status, TinyData.changed(words, options));
      assertFalse(line.contains(" -2"), line);
      assertFalse(Files.exists(run), line);
    }
    for (String options :
        List.of("--k1 2147483647", "--k2 2147483647", "--loss-at last:999999999")) {
      String line = fails(2, TinyData.changed(words, options));
      says(line, options, "more than a Java array holds");
      assertFalse(line.contains(" -2"), line);
      assertFalse(Files.exists(run), line);
    }
    for (String options : List.of("--lanes 2147483647", "--horizon 999999999")) {
      says(fails(1, TinyData.changed(train(), options)), "at least");
      assertFalse(Files.exists(run), options);
    }
    says(fails(1, TinyData.changed(train(), "--horizon 999999999")), "at least 1000000001");
    succeeds(train());
  }

  @Test
  void aTrainingThatFailsBeforeItHasLearnedAnythingIsNotInTheWay() throws IOException {
    // 140 rows are 70 updates, of which 10 in a row are not finite long before the first ends.
    Object[] words =
        TinyData.changed(train(), "--optimizer sgd --lr 1e30 --clip 0 --k1 1 --schedule constant");
    says(fails(1, words), "diverged at update ", "try a smaller rate, such as --lr 1");
    assertEquals(Set.of(), FolderContent.of(run).names());
    succeeds(train());
  }

  /** Whether the checkpoint is of an update in the divergence, or of the end of an epoch in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"--k1 1 --checkpoint-updates 1 ! none to go on from", "--k1 35 ! not finite"})
  void aCheckpointThatHasDivergedIsNoneToGoOnFrom(String options) throws IOException {
    String[] parts = options.split(" ! ", -1);
    Object[] words =
        TinyData.changed(
            train(),
            "--optimizer sgd --lr 1e30 --clip 0 --schedule constant --epochs 20 " + parts[0]);
    CommandRun diverged = CommandRun.of(words);
    assertEquals(1, diverged.status());
    String line = diverged.err().lines().toList().getLast();
    says(line, "diverged at update ", parts[1], "train anew with --force", "--lr 1");
    assertFalse(line.contains("unspool resume"), line);
    succeeds(train("--force"));
  }

  @Test
  void aTrainingThatDivergesLaterGoesOnFromItsCheckpoint() throws IOException {
    succeeds(TinyData.changed(train(), "--valid 0 --max-updates 5 --schedule constant"));
    String line = fails(1, "resume", run, "--lr", "1e30", "--max-updates", 0);
    assertTrue(line.contains("'unspool resume %s --lr 1".formatted(run)), line);
    succeeds("resume", run, "--lr", "0.001");
  }
}
