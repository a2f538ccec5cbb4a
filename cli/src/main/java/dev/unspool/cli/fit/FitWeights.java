// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.Digest;
import dev.unspool.cli.run.RunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * {@code weights.safetensors}: weights, where they are from, and what the files beside them must
 * be. All of it is one file, which is replaced at once: so a fit that is killed while it keeps a
 * better model leaves the former one whole.
 *
 * @param theta the weights; the owner's
 * @param about where they are from
 */
record FitWeights(double[] theta, About about) {
  private static final String TENSOR = "theta";
  private static final String ABOUT = "about";
  private static final String CHECKSUM = "crc32c";

  /**
   * What the file says besides numbers.
   *
   * @param finished whether the fit has ended; until then the weights are the best so far
   * @param step that led to them
   * @param model digest of {@code model.json}
   */
  record About(boolean finished, FitStep step, String model) {
    /** Gson leaves null what a file does not say. */
    About {
      FitFolder.requireSaid("step", step);
      FitFolder.requireSaid("model", model);
    }
  }

  /** Writes the file, completely or not at all. */
  void write(Path file) throws IOException {
    String text = Json.line(about);
    Safetensors.write(
        file,
        Map.of(TENSOR, Tensor.of(theta, theta.length)),
        new TreeMap<>(Map.of(ABOUT, text, CHECKSUM, checksum(text, theta))));
  }

  private static String checksum(String about, double[] theta) {
    return new Digest().with(about.getBytes(UTF_8)).with(theta).toString();
  }

  /**
   * Reads the file.
   *
   * @throws RunException if it is not what was written
   */
  static FitWeights read(Path file) throws IOException {
    Safetensors content = Safetensors.read(file);
    String about = content.metadata().get(ABOUT);
    String checksum = content.metadata().get(CHECKSUM);
    if (about == null || checksum == null || !content.tensors().containsKey(TENSOR)) {
      throw new RunException(
          "%s is damaged, or no file of a fit: it needs 'theta', 'about' and 'crc32c'"
              .formatted(file));
    }
    double[] theta;
    try {
      theta = content.tensor(TENSOR).doubles();
    } catch (IllegalArgumentException e) {
      throw FitFolder.damaged(file, e);
    }
    if (!checksum.equals(checksum(about, theta))) {
      throw new RunException(
          "%s is damaged: its content has the checksum %s, it should have '%s'; fit again, or take a copy of the file"
              .formatted(file, checksum(about, theta), checksum));
    }
    try {
      return new FitWeights(theta, Objects.requireNonNull(Json.parse(about, About.class)));
    } catch (RuntimeException e) {
      throw FitFolder.damaged(file, e);
    }
  }
}
