// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is read is what was written. */
class CheckpointFolderTest extends CheckpointOnDisk {
  @Test
  void readsWhatWasWrittenLast() throws IOException {
    assertFalse(checkpoint.exists());
    refused(checkpoint::about, "no such file", "holds no checkpoint");
    for (int number = 1; number <= 3; number++) {
      write(checkpoint, number);
      assertTrue(checkpoint.exists());
      assertEquals(number, number());
      assertEquals(filesOf(number), files());
    }
  }

  /**
   * A file with a name that no checkpoint could be read under costs the one that is there nothing.
   */
  @Test
  void aNumberAfterTheLastIsRefused() throws IOException {
    write(checkpoint, 1);
    Path stray = folder.resolve("weights-999999999999999999.safetensors.tmp");
    Files.createFile(stray);
    refused(() -> write(checkpoint, 2), "999999999999999999", "delete it");
    assertEquals(1, number());
    Files.delete(stray);
    write(checkpoint, 2);
    assertEquals(2, number());
  }

  @Test
  void keepsTheOwnersTextInOrder() throws IOException {
    var about = new LinkedHashMap<String, String>();
    about.put("zebra", "\"<&>\n\u2028");
    about.put("", "Ünïcödé 🙂");
    about.put("aardvark", "");
    checkpoint.write(theta(1), new Snapshot(), about);
    assertEquals(List.copyOf(about.entrySet()), List.copyOf(checkpoint.about().entrySet()));
    assertTrue(state().entries().isEmpty());
  }

  @Test
  void weightsAreNamedAndShaped() throws IOException {
    write(checkpoint, 1);
    var weights = Safetensors.read(folder.resolve("weights-1.safetensors"));
    assertEquals("pt", weights.metadata().get("format"));
    assertEquals(List.of(3L, 2L), weights.tensor("weight_ih_l0").shape());
    assertArrayEquals(theta(1).get("weight_ih_l0"), weights.tensor("weight_ih_l0").floats());
  }

  /** The order of the layout does not matter: names do. */
  @Test
  void readsWeightsByName() throws IOException {
    write(checkpoint, 1);
    var turned =
        new Parameters(
            ParameterLayout.builder().add("bias_ih_l0", 3).add("weight_ih_l0", 3, 2).build());
    checkpoint.readWeights(turned);
    assertArrayEquals(theta(1).get("bias_ih_l0"), turned.get("bias_ih_l0"));
  }

  @Test
  void largeStatesSurvive() throws IOException {
    var state = new Snapshot();
    long[] large = IntStream.range(0, 300_000).mapToLong(i -> i * 0x9e3779b97f4a7c15L).toArray();
    state.put("large", large);
    checkpoint.write(theta(1), state, Map.of());
    assertArrayEquals(large, state().longs("large"));
  }
}
