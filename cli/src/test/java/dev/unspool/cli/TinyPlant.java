// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.model.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small plant with a valve that saturates, driven by random steps. */
final class TinyPlant {
  private TinyPlant() {}

  /**
   * Writes its input u and its outputs y and z; v moves twice as far as u, and c not at all.
   *
   * @param seed of the input
   */
  static Path table(Path file, int rows, long seed) throws IOException {
    var random = new SplitMix64(seed);
    var lines = new ArrayList<String>(List.of("u,v,c,y,z,same"));
    double u = 0;
    double y = 0;
    double z = 0;
    for (int t = 0; t < rows; t++) {
      u = t % 7 == 0 ? random.nextDouble(-1, 1) : u;
      lines.add("%s,%s,3,%s,%s,%s".formatted(u, 2 * u, 20 + 5 * y, z, 20 + 5 * y));
      double valve = Math.tanh(1.5 * u);
      z = 0.8 * z + 0.3 * y;
      y = 0.7 * y + 0.4 * valve;
    }
    return Files.write(file, lines);
  }
}
