// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.cli.report.Json;
import dev.unspool.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code best.safetensors} of a fit: weights by name, where they are from, and which run they
 * belong to. All of it is one file, which is replaced at once: so a fit that is killed while it
 * keeps a better model leaves the former one whole.
 *
 * @param layout names and shapes
 * @param theta the weights; the owner's
 * @param about where they are from
 */
public record FitWeights(ParameterLayout layout, double[] theta, About about) {
  private static final String ABOUT = "about";
  private static final String CHECKSUM = "crc32c";

  /**
   * What the file says besides numbers.
   *
   * @param finished whether the fit has ended; until then the weights are the best so far
   * @param step that led to them
   * @param run the name in {@code config.json}
   */
  public record About(boolean finished, FitStep step, String run) {
    /** Gson leaves null what a file does not say. */
    public About {
      Objects.requireNonNull(step, "'step' is missing");
      Objects.requireNonNull(run, "'run' is missing");
    }
  }

  /** The best so far of a run. */
  public static FitWeights of(RunConfig run, ParameterLayout layout, double[] theta, FitStep step) {
    String name = Objects.requireNonNull(run.run(), "a fit has a name");
    return new FitWeights(layout, theta, new About(false, step, name));
  }

  /** The same, with which the fit has ended. */
  public FitWeights ended() {
    return new FitWeights(layout, theta, new About(true, about.step().timeless(), about.run()));
  }

  /** What an unfinished fit is, in a sentence; null of one that has ended. */
  public @Nullable String standing() {
    return about.finished() ? null : about.step().standing();
  }

  /** Writes the file, completely or not at all. */
  public void write(Path file) throws IOException {
    String text = Json.line(about);
    Safetensors.write(
        file,
        Tensor.byName(layout, theta),
        new TreeMap<>(Map.of(ABOUT, text, CHECKSUM, checksum(text, theta))));
  }

  private static String checksum(String about, double[] theta) {
    return new Digest().with(about.getBytes(UTF_8)).with(theta).toString();
  }

  /**
   * Reads the weights of a fit.
   *
   * @param layout of the model
   * @throws RunException if there are none, or they are damaged or of another run
   */
  public static FitWeights read(RunFolder folder, RunConfig config, ParameterLayout layout)
      throws IOException {
    Path file = folder.bestWeights();
    if (!Files.exists(file)) {
      throw new RunException(
          "%s is missing: somebody took the file away; restore it, or fit again".formatted(file));
    }
    FitWeights weights = read(file, layout);
    if (!weights.about().run().equals(config.run())) {
      throw new RunException(
          "%s belongs to another run than %s (found the name %s, expected %s); put back the file that was replaced"
              .formatted(file, folder.config(), weights.about().run(), config.run()));
    }
    return weights;
  }

  /**
   * Reads the file.
   *
   * @param layout of the model
   * @throws RunException if it is not what was written
   */
  private static FitWeights read(Path file, ParameterLayout layout) throws IOException {
    Safetensors content = Safetensors.read(file);
    String about = content.metadata().get(ABOUT);
    String checksum = content.metadata().get(CHECKSUM);
    if (about == null || checksum == null) {
      throw new RunException(
          "%s is damaged, or no file of a fit: it needs 'about' and 'crc32c'".formatted(file));
    }
    double[] theta;
    try {
      theta = Tensor.flat(content.tensors(), layout);
    } catch (IllegalArgumentException e) {
      throw RunFolder.damaged(file, e);
    }
    if (!checksum.equals(checksum(about, theta))) {
      throw new RunException(
          "%s is damaged: its content has the checksum %s, it should have '%s'; fit again, or take a copy of the file"
              .formatted(file, checksum(about, theta), checksum));
    }
    try {
      return new FitWeights(layout, theta, Objects.requireNonNull(Json.parse(about, About.class)));
    } catch (RuntimeException e) {
      throw RunFolder.damaged(file, e);
    }
  }
}
