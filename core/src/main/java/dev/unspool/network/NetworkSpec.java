// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a {@link Network} is made of: an input, a stack of recurrent layers, an output, and what
 * connects them. Begins as a plain network and is extended by what has a name:
 *
 * <pre>{@code
 * NetworkSpec.of(Cell.LSTM, 2, 24, 1)      // 2 inputs, 24 units, 1 output
 *     .withTaps(0, 1, 5)                   // the input of now, one and five steps ago
 *     .withProjection(24)
 *     .withLayer(new Cell("mine", MyCell::write), 16)
 *     .withResiduals()
 *     .withNormalisation()
 *     .withHead(32)
 * }</pre>
 *
 * @param input what goes in
 * @param stack the recurrent layers, from the first; 1 to 1024
 * @param wiring what is around and between them
 * @param head what is above them
 * @param learnedInitialState whether the initial state is a parameter ({@code initial.layer0.h}, …)
 *     shared by all sequences, instead of zeros
 */
public record NetworkSpec(
    Input input, List<Layer> stack, Wiring wiring, Head head, boolean learnedInitialState) {
  static final int WIDEST = 1 << 24;
  private static final int HIGHEST = 1024;

  /**
   * A recurrent layer.
   *
   * @param cell its equations
   * @param hidden units H, at least 1
   */
  public record Layer(Cell cell, int hidden) {
    /** Checks the width. */
    public Layer {
      if (hidden < 1 || hidden > WIDEST) {
        throw new IllegalArgumentException(
            "hidden must be 1 to %s, found %s".formatted(WIDEST, hidden));
      }
    }

    /** Width of what it yields, which for most cells is H. */
    public int outputs() {
      return cell.outputs(hidden);
    }
  }

  /**
   * The output.
   *
   * @param hidden widths of layers of rectified units before the linear output ({@code
   *     head.<i>.weight}, {@code head.<i>.bias}); empty for none
   * @param outputs width of the linear output; 0: the output is what it would see
   * @param tied whether the linear output uses the embedding's table as its weights; needs an
   *     {@link Input.Embedding} of the size that the output sees, with {@code outputs} classes
   */
  public record Head(List<Integer> hidden, int outputs, boolean tied) {
    /** Checks the widths. */
    public Head {
      hidden = List.copyOf(hidden);
      if (outputs < 0) {
        throw new IllegalArgumentException("outputs must not be negative, found " + outputs);
      }
      if (hidden.stream().anyMatch(width -> width < 1 || width > WIDEST)) {
        throw new IllegalArgumentException(
            "layers of a head must be 1 to %s wide, found %s".formatted(WIDEST, hidden));
      }
    }
  }

  /** Checks what the parts do not show by themselves. */
  public NetworkSpec {
    stack = List.copyOf(stack);
    if (stack.isEmpty() || stack.size() > HIGHEST) {
      throw new IllegalArgumentException(
          "layers must be 1 to %s, found %s".formatted(HIGHEST, stack.size()));
    }
    int seen = seen(input, stack, wiring, head);
    if (head.tied()
        && !(input instanceof Input.Embedding(int classes, int size)
            && classes == head.outputs()
            && size == seen)) {
      throw new IllegalArgumentException(
          "a tied output needs an embedding of %s classes × %s (outputs × what they see), found %s"
              .formatted(head.outputs(), seen, input));
    }
  }

  /** Width of what the linear output sees. */
  private static int seen(Input input, List<Layer> stack, Wiring wiring, Head head) {
    return head.hidden().isEmpty()
        ? stack.getLast().outputs() + (wiring.skip() ? wiring.width(input) : 0)
        : head.hidden().getLast();
  }

  /** One layer, numeric input, no dropout, zeros as initial state. */
  public static NetworkSpec of(Cell cell, int inputs, int hidden, int outputs) {
    return of(cell, new Input.Numeric(inputs), hidden, outputs);
  }

  /** One layer, no dropout, zeros as initial state. */
  public static NetworkSpec of(Cell cell, Input input, int hidden, int outputs) {
    return new NetworkSpec(
        input,
        List.of(new Layer(cell, hidden)),
        Wiring.PLAIN,
        new Head(List.of(), outputs, false),
        false);
  }

  /** The same with so many layers, all like the last one. */
  public NetworkSpec withLayers(int count) {
    if (count < 1 || count > HIGHEST) {
      throw new IllegalArgumentException(
          "layers must be 1 to %s, found %s".formatted(HIGHEST, count));
    }
    return with(Collections.nCopies(count, stack.getLast()));
  }

  /** The same with one more layer on top. */
  public NetworkSpec withLayer(Cell cell, int hidden) {
    var higher = new ArrayList<>(stack);
    higher.add(new Layer(cell, hidden));
    return with(higher);
  }

  private NetworkSpec with(List<Layer> layers) {
    return new NetworkSpec(input, layers, wiring, head, learnedInitialState);
  }

  /** The same wired in another way. */
  public NetworkSpec with(Wiring other) {
    return new NetworkSpec(input, stack, other, head, learnedInitialState);
  }

  /** The same with another output. */
  public NetworkSpec with(Head other) {
    return new NetworkSpec(input, stack, wiring, other, learnedInitialState);
  }

  /** The same seeing its input of now and of earlier steps; zeros before the sequence began. */
  public NetworkSpec withTaps(Integer... stepsBack) {
    return with(wiring.withTaps(List.of(stepsBack)));
  }

  /** The same with a linear map before the first layer. */
  public NetworkSpec withProjection(int width) {
    return with(wiring.withProjection(width));
  }

  /** The same with a connection around each layer. */
  public NetworkSpec withResiduals() {
    return with(wiring.withResiduals());
  }

  /** The same with layer normalisation between layers. */
  public NetworkSpec withNormalisation() {
    return with(wiring.withNormalisation());
  }

  /** The same with connections from the input to each layer and to the output. */
  public NetworkSpec withSkips() {
    return with(wiring.withSkips());
  }

  /** The same with dropout between layers. */
  public NetworkSpec withDropout(float probability) {
    return with(wiring.withDropout(probability));
  }

  /** The same with layers of rectified units before the output. */
  public NetworkSpec withHead(Integer... widths) {
    return with(new Head(List.of(widths), head.outputs(), head.tied()));
  }

  /** The same with the output tied to the embedding. */
  public NetworkSpec withTiedOutput() {
    return with(new Head(head.hidden(), head.outputs(), true));
  }

  /** The same with a learned initial state. */
  public NetworkSpec withLearnedInitialState() {
    return new NetworkSpec(input, stack, wiring, head, true);
  }

  /** Number of layers. */
  public int layers() {
    return stack.size();
  }

  /** Cell of the last layer, which in a plain network is that of all. */
  public Cell cell() {
    return stack.getLast().cell();
  }

  /** Units of the last layer, which in a plain network are those of each. */
  public int hidden() {
    return stack.getLast().hidden();
  }

  /** Probability of dropout. */
  public float dropout() {
    return wiring.dropout();
  }

  /** Width of the linear output, 0 without one. */
  public int outputs() {
    return head.outputs();
  }

  /** Whether the output uses the embedding's table. */
  public boolean tied() {
    return head.tied();
  }

  /**
   * Whether it is a stack of equal layers with a linear output, as PyTorch's modules are: no
   * residual connections, no normalisation, no skip connections, taps, projection or head.
   */
  public boolean isPlain() {
    return wiring.isPlain() && head.hidden().isEmpty() && isUniform();
  }

  private boolean isUniform() {
    return stack.stream().allMatch(stack.getFirst()::equals);
  }

  /** A line for messages: {@code lstm 8→64, 2 layers, 1 output}. */
  @Override
  public String toString() {
    var words = new ArrayList<String>();
    if (isUniform()) {
      words.add("%s %s→%s".formatted(cell(), input.width(), hidden()));
      words.add("%s layer%s".formatted(layers(), layers() == 1 ? "" : "s"));
    } else {
      words.add(
          stack.stream()
              .map(layer -> "%s %s".formatted(layer.cell(), layer.hidden()))
              .collect(Collectors.joining("→", input.width() + "→", "")));
    }
    words.addAll(wiring.isPlain() ? List.of() : List.of(wiring.toString()));
    if (!head.hidden().isEmpty()) {
      words.add("head " + String.join(",", head.hidden().stream().map(String::valueOf).toList()));
    }
    words.add("%s output%s".formatted(outputs(), outputs() == 1 ? "" : "s"));
    return String.join(", ", words);
  }
}
