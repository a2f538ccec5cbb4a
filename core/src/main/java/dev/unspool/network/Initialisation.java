// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.model.ParameterLayout.Slice;
import dev.unspool.model.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the weights of a {@link Network} begin: {@code
 * network.initialise(Initialisation.uniform(0.1), new SplitMix64(1))}. A learned initial state
 * begins as zeros whatever is chosen.
 *
 * <table>
 * <caption>Schemes</caption>
 * <tr><th>scheme</th><th>what is drawn</th></tr>
 * <tr><td>{@code pytorch}</td><td>recurrent layers and output uniform in ±1/√H, the embedding
 *   standard normal; a tied one uniform in ±1/√H, since a standard normal table would make logits of
 *   standard deviation √H</td></tr>
 * <tr><td>{@code uniform:A}</td><td>everything uniform in ±A, as in Zaremba, Sutskever and Vinyals,
 *   <i>Recurrent Neural Network Regularization</i> (2014), section 4.1: 0.1, 0.05 and 0.04 for
 *   their small, medium and large model</td></tr>
 * <tr><td>{@code normal:S}</td><td>everything normal with standard deviation S</td></tr>
 * <tr><td>{@code orthogonal}</td><td>the recurrent weights of each gate a random orthogonal matrix
 *   (Saxe, McClelland and Ganguli 2014), the other weights uniform in ±√(6 / (rows + columns)) of
 *   each gate (Glorot and Bengio 2010, equation 16), biases 0, the embedding uniform in ±0.05: what
 *   Keras does</td></tr>
 * </table>
 *
 * @param scheme what is drawn
 * @param size A or S, above 0; 0 for schemes that have none
 * @param forgetBias what the forget gates of an LSTM begin with, as the sum of their two biases;
 *     null: what the scheme draws. 1 lets the state of a new network last (Jozefowicz, Zaremba and
 *     Sutskever 2015)
 */
public record Initialisation(Scheme scheme, double size, @Nullable Double forgetBias) {
  /** PyTorch's defaults, which are also ours. */
  public static final Initialisation PYTORCH = new Initialisation(Scheme.PYTORCH, 0, null);

  /** Orthogonal recurrent weights. */
  public static final Initialisation ORTHOGONAL = new Initialisation(Scheme.ORTHOGONAL, 0, null);

  private static final double EMBEDDING = 0.05;

  /** What the values are drawn from. */
  public enum Scheme {
    /** PyTorch's defaults. */
    PYTORCH(false),
    /** Uniform in ±size. */
    UNIFORM(true),
    /** Normal with standard deviation size. */
    NORMAL(true),
    /** Keras' defaults: orthogonal recurrent weights, Glorot's uniform ones. */
    ORTHOGONAL(false);

    private final boolean sized;

    Scheme(boolean sized) {
      this.sized = sized;
    }

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public Initialisation {
    if (scheme.sized && !(size > 0 && Double.isFinite(size))) {
      throw new IllegalArgumentException(
          "%s needs a size above 0, as in %s:0.1, found %s"
              .formatted(scheme.label(), scheme.label(), size));
    }
    if (!scheme.sized && size != 0) {
      throw new IllegalArgumentException(
          "%s takes no size, found %s".formatted(scheme.label(), size));
    }
    if (forgetBias != null && !Double.isFinite(forgetBias)) {
      throw new IllegalArgumentException(
          "the forget gate's bias must be finite, found " + forgetBias);
    }
  }

  /** Everything uniform in ±{@code bound}. */
  public static Initialisation uniform(double bound) {
    return new Initialisation(Scheme.UNIFORM, bound, null);
  }

  /** Everything normal with that standard deviation. */
  public static Initialisation normal(double deviation) {
    return new Initialisation(Scheme.NORMAL, deviation, null);
  }

  /**
   * What {@link #toString} wrote, but for the forget gate's bias.
   *
   * @param text {@code pytorch}, {@code uniform:0.1}, {@code normal:0.1} or {@code orthogonal}
   * @throws IllegalArgumentException if it is something else
   */
  public static Initialisation parse(String text) {
    String[] parts = text.split(":", 2);
    for (Scheme scheme : Scheme.values()) {
      if (scheme.label().equals(parts[0]) && scheme.sized == (parts.length == 2)) {
        try {
          return new Initialisation(scheme, scheme.sized ? Double.parseDouble(parts[1]) : 0, null);
        } catch (NumberFormatException _) {
          break;
        }
      }
    }
    throw new IllegalArgumentException(
        "no initialisation '%s'; expected pytorch, uniform:A, normal:S (as in uniform:0.1) or orthogonal"
            .formatted(text));
  }

  /** The same with another bias of the forget gates. */
  public Initialisation withForgetBias(@Nullable Double bias) {
    return new Initialisation(scheme, size, bias);
  }

  /**
   * Draws all weights.
   *
   * @param theta of {@code network}, overwritten
   * @throws IllegalArgumentException if there is a bias for forget gates, and the cell has no such
   *     gates
   */
  void draw(Network network, Parameters theta, RandomGenerator random) {
    NetworkSpec spec = network.spec();
    if (forgetBias != null && spec.cell() != Cell.LSTM) {
      throw new IllegalArgumentException(
          "only an LSTM has forget gates, found %s; leave their bias away"
              .formatted(spec.cell().label()));
    }
    float[] values = theta.values();
    for (Slice slice : theta.layout().slices()) {
      if (slice.name().startsWith("initial.")) {
        Arrays.fill(values, slice.offset(), slice.end(), 0);
      } else if (scheme == Scheme.ORTHOGONAL) {
        keras(spec, slice, values, random);
      } else {
        for (int i = slice.offset(); i < slice.end(); i++) {
          values[i] = (float) value(spec, slice, random);
        }
      }
    }
    if (forgetBias != null) {
      setForgetBias(theta, spec, forgetBias.floatValue());
    }
  }

  private double value(NetworkSpec spec, Slice slice, RandomGenerator random) {
    return switch (scheme) {
      case UNIFORM -> random.nextDouble(-size, size);
      case NORMAL -> size * random.nextGaussian();
      default -> {
        if (slice.name().equals("embedding.weight") && !spec.tied()) {
          yield random.nextGaussian();
        }
        double bound = 1 / Math.sqrt(spec.hidden());
        yield random.nextDouble(-bound, bound);
      }
    };
  }

  private static void keras(NetworkSpec spec, Slice slice, float[] values, RandomGenerator random) {
    List<Integer> shape = slice.shape();
    String name = slice.name();
    if (shape.size() == 1) {
      Arrays.fill(values, slice.offset(), slice.end(), 0);
    } else if (name.startsWith("weight_hh_")) {
      int hidden = spec.hidden();
      for (int gate = 0; gate < spec.cell().gates(); gate++) {
        OrthogonalMatrix.draw(values, slice.offset() + gate * hidden * hidden, hidden, random);
      }
    } else {
      int rows = name.startsWith("weight_ih_") ? spec.hidden() : shape.get(0);
      double bound =
          name.equals("embedding.weight") ? EMBEDDING : Math.sqrt(6.0 / (rows + shape.get(1)));
      for (int i = slice.offset(); i < slice.end(); i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
    }
  }

  /** Gates are in PyTorch's order: input, forget, cell, output. */
  private static void setForgetBias(Parameters theta, NetworkSpec spec, float bias) {
    int hidden = spec.hidden();
    for (int layer = 0; layer < spec.layers(); layer++) {
      int first = theta.layout().slice("bias_ih_l" + layer).offset() + hidden;
      int second = theta.layout().slice("bias_hh_l" + layer).offset() + hidden;
      Arrays.fill(theta.values(), first, first + hidden, bias);
      Arrays.fill(theta.values(), second, second + hidden, 0);
    }
  }

  /** As {@link #parse} reads it, and the forget gate's bias if there is one. */
  @Override
  public String toString() {
    String text = scheme.sized ? scheme.label() + ":" + size : scheme.label();
    return forgetBias == null ? text : text + ", forget bias " + forgetBias;
  }
}
