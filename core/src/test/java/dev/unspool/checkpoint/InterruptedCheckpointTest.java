// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Whatever happens while one is written, there is a whole checkpoint. */
class InterruptedCheckpointTest extends CheckpointOnDisk {
  @Test
  void whateverFailsTheFormerCheckpointStays() throws IOException {
    write(checkpoint, 1);
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, false);
      int former = number();
      List<String> files = files();
      try {
        write(new CheckpointFolder(folder, storage), former + 1);
        assertEquals(former + 1, number());
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).endsWith("No space left on device"), e::toString);
        if (number() == former) {
          assertEquals(files, files(), "after step " + step);
        } else {
          // Only the last sync of the folder comes after the manifest has its name.
          assertEquals(former + 1, number());
          assertTrue(files().containsAll(files), "after step " + step);
        }
        assertTrue(files().stream().noneMatch(name -> name.endsWith(".tmp")), "step " + step);
      }
      if (!storage.failed()) {
        assertTrue(step > 15, "only " + step + " steps were tried");
        return;
      }
    }
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    var full = new CheckpointFolder(folder, new FaultyStorage(1, true));
    var failure = assertThrows(FileSystemException.class, () -> write(full, 1));
    assertEquals(folder.resolve("weights-1.safetensors").toString(), failure.getFile());
    assertEquals("No space left on device", failure.getReason());
  }

  @Test
  void aFirstCheckpointThatFailsLeavesNothing() throws IOException {
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, false);
      var faulty = new CheckpointFolder(folder, storage);
      try {
        write(faulty, 1);
        assertEquals(1, number());
        return;
      } catch (IOException e) {
        if (faulty.exists()) {
          assertEquals(1, number());
          return;
        }
        assertEquals(List.of(), files(), "after step " + step);
      }
    }
  }

  @Test
  void whereverTheMachineStopsTheFolderIsSound() throws IOException {
    write(checkpoint, 1);
    boolean seenFormer = false;
    boolean seenNew = false;
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, true);
      int former = number();
      try {
        write(new CheckpointFolder(folder, storage), former + 1);
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).endsWith("No space left on device"), e::toString);
      }
      int now = number();
      seenFormer |= now == former;
      seenNew |= now == former + 1;
      assertTrue(now == former || now == former + 1, "found " + now + " after " + former);
      if (!storage.failed()) {
        break;
      }
    }
    assertTrue(seenFormer && seenNew);
    write(checkpoint, 1000);
    assertEquals(1000, number());
    assertEquals(3, files().size(), "what was interrupted is cleared away: " + files());
  }

  /** Weights, snapshot and text of two checkpoints must never come together. */
  @Test
  void othersReadWholeCheckpointsWhileTheyAreReplaced() throws Exception {
    var writing = new CheckpointFolder(folder, new UnsyncedStorage());
    write(writing, 0);
    try (var threads = Executors.newSingleThreadExecutor()) {
      Callable<Integer> replacing =
          () -> {
            for (int number = 1; number <= 200; number++) {
              write(writing, number);
            }
            return 200;
          };
      var writer = threads.submit(replacing);
      long last = 0;
      do {
        var theta = new Parameters(LAYOUT);
        var content = checkpoint.read(theta);
        long number = content.state().number("engine.steps");
        assertTrue(number >= last, number + " after " + last);
        assertArrayEquals(theta((int) number).values(), theta.values());
        assertEquals(Long.toString(number), content.about().get("number"));
        last = number;
      } while (!writer.isDone());
      assertEquals(200, writer.get());
    }
    assertEquals(200, number());
  }
}
