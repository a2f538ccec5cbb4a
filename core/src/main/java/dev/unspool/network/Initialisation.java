// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.model.ParameterLayout.Slice;
import dev.unspool.model.Parameters;
import dev.unspool.step.Declaration;
import dev.unspool.step.Declaration.Use;
import dev.unspool.step.Initialiser;
import dev.unspool.step.StepProgram;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the weights of a {@link Network} begin: {@code
 * network.initialise(Initialisation.uniform(0.1), new SplitMix64(1))}. What its author lets begin
 * as one number (a learned initial state as zeros, the gain of a normalisation as ones) does so
 * whatever is chosen, and vectors that are not biases begin as their author says.
 *
 * <table>
 * <caption>Schemes</caption>
 * <tr><th>scheme</th><th>what is drawn</th></tr>
 * <tr><td>{@code pytorch}</td><td>as the author of each cell says; built-in layers uniform in ±1/√H, linear maps in ±1/√inputs, the embedding
 *   standard normal; a tied one uniform in ±1/√H, since a standard normal table would make logits of
 *   standard deviation √H</td></tr>
 * <tr><td>{@code uniform:A}</td><td>everything uniform in ±A, as in Zaremba, Sutskever and Vinyals,
 *   <i>Recurrent Neural Network Regularization</i> (2014), section 4.1: 0.1, 0.05 and 0.04 for
 *   their small, medium and large model</td></tr>
 * <tr><td>{@code normal:S}</td><td>everything normal with standard deviation S</td></tr>
 * <tr><td>{@code orthogonal}</td><td>the recurrent weights of each gate a random orthogonal matrix
 *   (Saxe, McClelland and Ganguli 2014) where they are square, the other weights uniform in ±√(6 / (rows + columns)) of
 *   each gate (Glorot and Bengio 2010, equation 16), biases 0, the embedding uniform in ±0.05: what
 *   Keras does</td></tr>
 * <tr><td>{@code chrono:T}</td><td>as {@code pytorch}, but the biases of gates so that units remember
 *   between 1 and T steps: log u where a gate called {@code forget} keeps the old, or one called {@code
 *   update}, −log u where one called {@code input} lets the new in, u uniform in 1 to T − 1 and the same
 *   for all gates of a unit (Tallec and Ollivier 2018, <i>Can Recurrent Neural Networks Warp
 *   Time?</i>, equations 16 and 19)</td></tr>
 * </table>
 *
 * @param scheme what is drawn
 * @param size A, S or T, above 0, T above 2; 0 for schemes that have none
 * @param forgetBias what the biases of gates called {@code forget} begin with, as those of an LSTM
 *     do, as the sum of its two biases; null: what the scheme draws. 1 lets the state of a new
 *     network last (Jozefowicz, Zaremba and Sutskever 2015)
 */
public record Initialisation(Scheme scheme, double size, @Nullable Double forgetBias) {
  /** PyTorch's defaults, which are also ours. */
  public static final Initialisation PYTORCH = new Initialisation(Scheme.PYTORCH, 0, null);

  /** Orthogonal recurrent weights. */
  public static final Initialisation ORTHOGONAL = new Initialisation(Scheme.ORTHOGONAL, 0, null);

  private static final double EMBEDDING = 0.05;
  private static final String FORGET = "forget";

  /**
   * Gates that decide how long is remembered: 1 where they keep the old, −1 where they let in the
   * new.
   */
  private static final Map<String, Integer> MEMORY = Map.of(FORGET, 1, "update", 1, "input", -1);

  /** What the values are drawn from. */
  public enum Scheme {
    /** PyTorch's defaults. */
    PYTORCH(false),
    /** Uniform in ±size. */
    UNIFORM(true),
    /** Normal with standard deviation size. */
    NORMAL(true),
    /** Keras' defaults: orthogonal recurrent weights, Glorot's uniform ones. */
    ORTHOGONAL(false),
    /** PyTorch's defaults, and gates that remember up to size steps. */
    CHRONO(true);

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
          "%s needs a size above 0, as in %s:%s, found %s"
              .formatted(
                  scheme.label(), scheme.label(), scheme == Scheme.CHRONO ? "100" : "0.1", size));
    }
    if (!scheme.sized && size != 0) {
      throw new IllegalArgumentException(
          "%s takes no size, found %s".formatted(scheme.label(), size));
    }
    if (scheme == Scheme.CHRONO && size <= 2) {
      throw new IllegalArgumentException(
          "chrono:T needs more than 2 steps, as in chrono:100, found " + size);
    }
    if (scheme == Scheme.CHRONO && forgetBias != null) {
      throw new IllegalArgumentException(
          "chrono:T chooses the bias of forget gates itself, found another one of %s; leave one of them away"
              .formatted(forgetBias));
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

  /** Gates that remember up to so many steps. */
  public static Initialisation chrono(double steps) {
    return new Initialisation(Scheme.CHRONO, steps, null);
  }

  /**
   * What {@link #toString} wrote, but for the forget gate's bias.
   *
   * @param text {@code pytorch}, {@code uniform:0.1}, {@code normal:0.1}, {@code orthogonal} or
   *     {@code chrono:100}
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
        "no initialisation '%s'; expected pytorch, uniform:A, normal:S (as in uniform:0.1), orthogonal or chrono:T"
            .formatted(text));
  }

  /** The same with another bias of the forget gates. */
  public Initialisation withForgetBias(@Nullable Double bias) {
    return new Initialisation(scheme, size, bias);
  }

  /**
   * Draws all weights.
   *
   * @param theta of {@code program}, overwritten
   * @throws IllegalArgumentException if it chooses biases of gates that no cell has
   */
  void draw(StepProgram program, Parameters theta, RandomGenerator random) {
    requireFor(program);
    var uses = program.uses();
    for (Slice slice : theta.layout().slices()) {
      Declaration declared = program.declaration(slice.name());
      Initialiser values = declared.initialiser();
      if (!asDeclared() && !(values instanceof Initialiser.Constant)) {
        values = values(declared, uses.getOrDefault(slice.name(), Use.VECTOR));
      }
      int columns = slice.shape().size() == 1 ? 1 : slice.shape().get(1);
      values.fill(theta.values(), slice.offset(), slice.shape().getFirst(), columns, random);
    }
    if (forgetBias != null) {
      setForgetBias(program, theta, forgetBias.floatValue());
    }
    if (scheme == Scheme.CHRONO) {
      setChrono(program, theta, random);
    }
  }

  /** Whether values begin as their authors say. */
  private boolean asDeclared() {
    return scheme == Scheme.PYTORCH || scheme == Scheme.CHRONO;
  }

  /**
   * Refuses a program that cannot begin so.
   *
   * @throws IllegalArgumentException if it chooses biases of gates that no cell has
   */
  public void requireFor(StepProgram program) {
    if (forgetBias != null && biases(program, List.of(FORGET)).isEmpty()) {
      throw new IllegalArgumentException(
          "no cell here has a forget gate, as that of an LSTM; leave its bias away");
    }
    if (scheme == Scheme.CHRONO && biases(program, List.copyOf(MEMORY.keySet())).isEmpty()) {
      throw new IllegalArgumentException(
          "no cell here has a gate that chrono knows, as those of an LSTM or GRU; use pytorch");
    }
  }

  private Initialiser values(Declaration declared, Use use) {
    if (use == Use.VECTOR) {
      return declared.initialiser();
    }
    return switch (scheme) {
      case PYTORCH, CHRONO -> declared.initialiser();
      case UNIFORM -> Initialiser.uniform(size);
      case NORMAL -> Initialiser.normal(size);
      case ORTHOGONAL ->
          switch (use) {
            case BIAS, VECTOR -> new Initialiser.Constant(0);
            case TABLE -> Initialiser.uniform(EMBEDDING);
            case MATRIX -> glorot(declared.gates());
            case RECURRENT -> orthogonal(declared.gates());
          };
    };
  }

  private static Initialiser glorot(List<String> gates) {
    return (theta, offset, rows, columns, random) -> {
      int units = rows / Math.max(1, gates.size());
      Initialiser.uniform(Math.sqrt(6.0 / (units + columns)))
          .fill(theta, offset, rows, columns, random);
    };
  }

  private static Initialiser orthogonal(List<String> gates) {
    return (theta, offset, rows, columns, random) -> {
      if (rows != columns * Math.max(1, gates.size())) {
        glorot(gates).fill(theta, offset, rows, columns, random);
        return;
      }
      for (int row = 0; row < rows; row += columns) {
        OrthogonalMatrix.draw(theta, offset + row * columns, columns, random);
      }
    };
  }

  /** The biases that have a block of one of some gates. */
  private static List<Slice> biases(StepProgram program, List<String> gates) {
    var uses = program.uses();
    return program.parameters().slices().stream()
        .filter(slice -> uses.get(slice.name()) == Use.BIAS)
        .filter(slice -> !Collections.disjoint(program.declaration(slice.name()).gates(), gates))
        .toList();
  }

  /**
   * Sets the biases of forget gates. A layer with two biases has their sum as its bias: the second
   * of them becomes 0. They are of one layer where one statement says which gates they have, so
   * where it is the same list.
   */
  private static void setForgetBias(StepProgram program, Parameters theta, float bias) {
    Set<List<String>> layers = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Slice slice : biases(program, List.of(FORGET))) {
      List<String> gates = program.declaration(slice.name()).gates();
      float[] values = new float[slice.size() / gates.size()];
      Arrays.fill(values, layers.add(gates) ? bias : 0);
      set(theta, slice, gates.indexOf(FORGET), values);
    }
  }

  private void setChrono(StepProgram program, Parameters theta, RandomGenerator random) {
    Map<List<String>, double[]> layers = new IdentityHashMap<>();
    for (Slice slice : biases(program, List.copyOf(MEMORY.keySet()))) {
      List<String> gates = program.declaration(slice.name()).gates();
      int units = slice.size() / gates.size();
      double[] drawn = layers.get(gates);
      double[] logarithms = new double[units]; // of a second bias zeros
      if (drawn == null) {
        Arrays.setAll(logarithms, _ -> Math.log(random.nextDouble(1, size - 1)));
        layers.put(gates, logarithms);
      }
      MEMORY.forEach(
          (gate, sign) -> {
            if (gates.contains(gate)) {
              float[] values = new float[units];
              for (int i = 0; i < units; i++) {
                values[i] = (float) (0 + sign * logarithms[i]); // no −0
              }
              set(theta, slice, gates.indexOf(gate), values);
            }
          });
    }
  }

  /** Sets one gate's block of a bias. */
  private static void set(Parameters theta, Slice bias, int gate, float[] values) {
    System.arraycopy(
        values, 0, theta.values(), bias.offset() + gate * values.length, values.length);
  }

  /** As {@link #parse} reads it, and the forget gate's bias if there is one. */
  @Override
  public String toString() {
    String text = scheme.sized ? scheme.label() + ":" + size : scheme.label();
    return forgetBias == null ? text : text + ", forget bias " + forgetBias;
  }
}
