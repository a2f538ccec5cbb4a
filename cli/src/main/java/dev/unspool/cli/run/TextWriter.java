// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Decoder;
import dev.unspool.inference.Predictor;
import dev.unspool.inference.Sampler;
import dev.unspool.model.SplitMix64;
import java.io.IOException;
import java.util.List;

/** Writes text with a trained model. */
public final class TextWriter implements AutoCloseable {
  private final TextTask task;
  private final Predictor predictor;

  /** A writer that has read nothing yet. */
  public TextWriter(TextTask task, TrainedModel model) {
    this.task = task;
    this.predictor = new Predictor(model.step(), model.theta());
  }

  /** The words of a prompt that the model does not know, and reads as unknown ones. */
  public List<String> unknownIn(String prompt) {
    return task.unknownIn(prompt);
  }

  /**
   * Reads a prompt and goes on from there.
   *
   * @param length number of tokens to write
   * @param seed of the draws
   * @param to gets the text that belongs behind the prompt
   */
  public void write(String prompt, int length, Sampler sampler, long seed, Appendable to)
      throws IOException {
    predictor.reset();
    float[] logits = predictor.step(task.lineEnd());
    for (int token : task.encode(prompt)) {
      logits = predictor.step(token);
    }
    var random = new SplitMix64(seed);
    Decoder decoder = task.decoderAfter(prompt);
    for (int i = 0; i < length; i++) {
      int token = sampler.draw(logits, 0, logits.length, random);
      to.append(decoder.next(token));
      logits = predictor.step(token);
    }
    to.append(decoder.finish());
  }

  @Override
  public void close() {
    predictor.close();
  }
}
