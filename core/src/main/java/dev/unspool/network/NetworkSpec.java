// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

/**
 * What a {@link Network} is made of: input, a stack of recurrent layers of one kind, and a linear
 * output.
 *
 * @param input what goes in
 * @param cell kind of all recurrent layers
 * @param hidden units H of each layer, at least 1
 * @param layers number of recurrent layers, 1 to 1024
 * @param dropout probability with which a value between two layers is zeroed while training, the
 *     others being divided by 1 − dropout; 0 ≤ dropout &lt; 1
 * @param outputs width of the linear output; 0: the output is the last layer's h
 * @param tied whether the linear output uses the embedding's table as its weights; needs an {@link
 *     Input.Embedding} of size H with {@code outputs} classes
 * @param learnedInitialState whether the initial state is a parameter ({@code initial.layer0.h}, …)
 *     shared by all sequences, instead of zeros
 */
public record NetworkSpec(
    Input input,
    Cell cell,
    int hidden,
    int layers,
    float dropout,
    int outputs,
    boolean tied,
    boolean learnedInitialState) {

  /** Checks the ranges. */
  public NetworkSpec {
    if (hidden < 1 || hidden > 1 << 24) {
      throw new IllegalArgumentException("hidden must be 1 to 16777216, found " + hidden);
    }
    if (layers < 1 || layers > 1024) {
      throw new IllegalArgumentException("layers must be 1 to 1024, found " + layers);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout must be at least 0 and below 1, found " + dropout);
    }
    if (outputs < 0) {
      throw new IllegalArgumentException("outputs must not be negative, found " + outputs);
    }
    if (tied
        && !(input instanceof Input.Embedding(int classes, int size)
            && classes == outputs
            && size == hidden)) {
      throw new IllegalArgumentException(
          "a tied output needs an embedding of %s classes × %s (outputs × hidden), found %s"
              .formatted(outputs, hidden, input));
    }
  }

  /** One layer, numeric input, no dropout, zeros as initial state. */
  public static NetworkSpec of(Cell cell, int inputs, int hidden, int outputs) {
    return of(cell, new Input.Numeric(inputs), hidden, outputs);
  }

  /** One layer, no dropout, zeros as initial state. */
  public static NetworkSpec of(Cell cell, Input input, int hidden, int outputs) {
    return new NetworkSpec(input, cell, hidden, 1, 0, outputs, false, false);
  }

  /** The same with another number of layers. */
  public NetworkSpec withLayers(int count) {
    return new NetworkSpec(input, cell, hidden, count, dropout, outputs, tied, learnedInitialState);
  }

  /** The same with dropout between layers. */
  public NetworkSpec withDropout(float probability) {
    return new NetworkSpec(
        input, cell, hidden, layers, probability, outputs, tied, learnedInitialState);
  }

  /** The same with the output tied to the embedding. */
  public NetworkSpec withTiedOutput() {
    return new NetworkSpec(
        input, cell, hidden, layers, dropout, outputs, true, learnedInitialState);
  }

  /** The same with a learned initial state. */
  public NetworkSpec withLearnedInitialState() {
    return new NetworkSpec(input, cell, hidden, layers, dropout, outputs, tied, true);
  }

  /** A line for messages: {@code lstm 8→64, 2 layers, 1 output}. */
  @Override
  public String toString() {
    return "%s %s→%s, %s layer%s, %s output%s"
        .formatted(
            cell.label(),
            input.width(),
            hidden,
            layers,
            layers == 1 ? "" : "s",
            outputs,
            outputs == 1 ? "" : "s");
  }
}
