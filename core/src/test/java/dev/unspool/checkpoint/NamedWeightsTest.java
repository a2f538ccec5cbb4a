// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of either precision are found again by their names. */
final class NamedWeightsTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.builder().add("weight", 2, 2).add("bias", 2).build();
  private static final double[] THETA = {0.1, 0.2, 0.3, 0.4, 0.5, 1e-17};

  @TempDir Path folder;

  @Test
  void doublesComeBackBitForBit() throws Exception {
    Path file = folder.resolve("weights.safetensors");
    Safetensors.write(file, Tensor.byName(LAYOUT, THETA), Map.of());
    var tensors = Safetensors.read(file).tensors();
    assertEquals("F64 [2, 2]", String.valueOf(tensors.get("weight")));
    assertArrayEquals(THETA, Tensor.flat(tensors, LAYOUT));
  }

  @Test
  void floatsAreReadAsDoubles() {
    var theta = new Parameters(LAYOUT);
    theta.set("bias", 0.25f, -1);
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0.25, -1}, Tensor.flat(Tensor.byName(theta), LAYOUT));
  }

  @Test
  void weightsOfAnotherModelAreRefused() {
    var other = ParameterLayout.builder().add("weight", 4).add("bias", 2).build();
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Tensor.flat(Tensor.byName(LAYOUT, THETA), other));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains("found weight [2, 2], expected weight [4]"), said);
  }
}
