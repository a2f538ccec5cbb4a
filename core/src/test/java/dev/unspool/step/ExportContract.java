// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Node;
import dev.unspool.program.Op;
import dev.unspool.program.Product;
import dev.unspool.program.Program;
import dev.unspool.program.RowSum;
import dev.unspool.reference.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an exported model must do, whoever runs it: what the tape does, for any program, in pieces
 * of any length with the state carried by hand. {@code -Dunspool.seed=N} runs one random program,
 * {@code -Dunspool.cases=N} that many.
 */
public abstract class ExportContract {
  private static final int CLASSES = 4;

  @TempDir Path folder;

  /** An exported model, where it will run. */
  public interface Exported extends AutoCloseable {
    /**
     * Runs some steps.
     *
     * @param indices whether x is class indices
     * @param states by name, as {@link StackedState} has them
     * @return {@code y}, and for each state its name with {@code _next}
     */
    Map<String, float[]> run(Steps x, boolean indices, Map<String, float[]> states);

    /** The state of one lane where a sequence begins, by name; only what is not zeros. */
    Map<String, float[]> initial();

    @Override
    void close();
  }

  /** Exports a model into a file, and opens it. */
  protected abstract Exported export(StepProgram model, Parameters theta, Path file)
      throws IOException;

  static LongStream seeds() {
    return Seeds.of(60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomPrograms(long seed) throws IOException {
    var random = new SplitMix64(seed);
    assertAgrees(RandomProgram.of(random).program(), random, () -> "seed " + seed);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void functions(Function function) throws IOException {
    int count = function.arguments();
    var model =
        StepProgram.of(
            3 * count,
            (s, x) -> {
              Node[] parts = new Node[count];
              Arrays.setAll(parts, i -> x.part(i, count).node);
              return s.signal(() -> s.graph().apply(function, parts));
            });
    assertAgrees(model, new SplitMix64(5), function::name);
  }

  /** Stacks of every kind of input, initial state, output and cell. */
  static Map<String, StepProgram> stacks() {
    var all = new HashMap<String, StepProgram>();
    for (boolean learned : new boolean[] {false, true}) {
      all.put(
          "two LSTM layers, learned state: " + learned,
          StepProgram.of(
              3,
              (s, x) -> {
                s.learnInitialStates(learned);
                Signal h = s.layer(0, () -> new Lstm().write(s, x, 4));
                Signal dropped = h.dropout(0.5);
                Signal top = s.layer(1, () -> new Lstm().write(s, dropped, 4));
                return s.linear("output.weight", "output.bias", top, 2);
              }));
    }
    all.put(
        "one-hot into GRU and Elman, no output",
        StepProgram.ofIndex(
            CLASSES,
            (s, x) -> {
              Signal h = s.layer(0, () -> new Gru().write(s, s.oneHot(x, CLASSES), 3));
              return s.layer(1, () -> new Elman(Signal::relu).write(s, h, 3));
            }));
    all.put(
        "tied embedding",
        StepProgram.ofIndex(
            CLASSES,
            (s, x) -> {
              Weights table = s.matrix("embedding.weight", CLASSES, 5);
              Signal h = s.layer(0, () -> new Elman(Signal::tanh).write(s, s.lookUp(table, x), 5));
              return h.times(table).plus(s.vector("output.bias", CLASSES));
            }));
    all.put(
        "widths, delays, a residual, normalisation, names of others",
        StepProgram.of(
            2,
            (s, x) -> {
              Signal taps = s.join(x, x.delay(1), x.delay(3));
              Signal below = s.linear("x", "y", taps, 4);
              Signal h = s.layer(0, () -> new Lstm().write(s, below, 4)).plus(below);
              Signal centred = h.minus(h.mean());
              Signal normal = centred.over(centred.square().mean().plus(1e-5).sqrt());
              Signal g = s.layer(1, () -> new Gru().write(s, normal, 3));
              Signal slow = s.state("slow", 3, s.vector("self", 3).softmax());
              s.next(slow, slow.times(s.vector("1-rate:ü", 3).sigmoid()).plus(g.detach()));
              return s.join(s.linear("if", g, 2).softmax(), slow, s.constant(0.5));
            }));
    return all;
  }

  static Set<String> stackNames() {
    return stacks().keySet();
  }

  @ParameterizedTest
  @MethodSource("stackNames")
  void stacksAgree(String name) throws IOException {
    assertAgrees(Objects.requireNonNull(stacks().get(name)), new SplitMix64(3), () -> name);
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void everyCellAgrees(Cell cell) throws IOException {
    var network = new Network(NetworkSpec.of(cell, 3, 4, 2).withLayers(2));
    assertAgrees(network.program(), new SplitMix64(3), cell::label);
  }

  @Test
  void everyOperationIsAmongThem() {
    Set<Class<?>> expected = new HashSet<>(List.of(Op.class.getPermittedSubclasses()));
    expected.removeAll(Set.of(Product.class, RowSum.class)); // in no program that is written
    Set<Class<?>> found = new HashSet<>();
    var programs = new ArrayList<>(stacks().values());
    seeds().forEach(seed -> programs.add(RandomProgram.of(new SplitMix64(seed)).program()));
    for (StepProgram model : programs) {
      Graph.closure(Program.of(model.recording()).results(), _ -> false)
          .forEach(n -> found.add(n.op().getClass()));
    }
    assertEquals(expected, found, "give the new operation a place in RandomProgram");
  }

  private void assertAgrees(StepProgram model, RandomGenerator random, Supplier<String> what)
      throws IOException {
    Parameters theta = model.initialise(random);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] += 0.05f * (float) random.nextGaussian(); // also what begins as zeros
    }
    int lanes = 1 + random.nextInt(3);
    boolean indices = Program.of(model.recording()).classes() > 0;
    var groups = StackedState.of(model.state());
    try (var exported = export(model, theta, folder.resolve("model"));
        var tape = model.open(theta, TapeOptions.inference(lanes))) {
      Map<String, float[]> states = grouped(tape.state(), groups);
      assertInitial(exported.initial(), states, groups, lanes, what);
      for (int piece : new int[] {3, 1, 4}) {
        Steps x = Steps.allocate(piece, lanes, model.inputs());
        for (int i = 0; i < x.size(); i++) {
          float number = (float) random.nextGaussian();
          x.values()[i] =
              indices ? random.nextInt(Program.of(model.recording()).classes()) : number;
        }
        var expected = new float[piece * lanes * model.outputs()];
        for (int step = 0; step < piece; step++) {
          tape.forward(x.view(step, step + 1));
          float[] y = tape.outputs(1).copy().values();
          System.arraycopy(y, 0, expected, step * y.length, y.length);
        }
        var found = exported.run(x, indices, states);
        assertClose(
            expected, Objects.requireNonNull(found.get("y")), () -> what.get() + ": y\n" + model);
        var next = grouped(tape.state(), groups);
        for (var array : next.entrySet()) {
          String name = array.getKey();
          float[] state = Objects.requireNonNull(found.get(name + "_next"));
          assertClose(array.getValue(), state, () -> what.get() + ": " + name + "\n" + model);
          states.put(name, state);
        }
      }
    }
  }

  private static void assertInitial(
      Map<String, float[]> found,
      Map<String, float[]> states,
      List<StackedState> groups,
      int lanes,
      Supplier<String> what) {
    for (StackedState group : groups) {
      float[] expected = Objects.requireNonNull(states.get(group.name()));
      float[] one = found.getOrDefault(group.name(), new float[expected.length / lanes]);
      var all = new float[expected.length];
      for (int i = 0; i < all.length; i++) {
        int layer = i / (lanes * group.width());
        all[i] = one[layer * group.width() + i % group.width()];
      }
      assertClose(expected, all, () -> what.get() + ": initial " + group.name());
    }
  }

  /** The state by the names that it has outside. */
  private static Map<String, float[]> grouped(State state, List<StackedState> groups) {
    Map<String, float[]> all = new HashMap<>();
    for (StackedState group : groups) {
      int size = state.lanes() * group.width();
      var values = new float[group.arrays().size() * size];
      for (int i = 0; i < group.arrays().size(); i++) {
        System.arraycopy(state.array(group.arrays().get(i)), 0, values, i * size, size);
      }
      all.put(group.name(), values);
    }
    return all;
  }

  private static void assertClose(
      float[] expected, float[] found, Supplier<@Nullable String> what) {
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      boolean close =
          Math.abs(expected[i] - found[i]) <= 1e-4f * Math.max(1, Math.abs(expected[i]));
      if (!close && Float.compare(expected[i], found[i]) != 0) { // a NaN is a NaN
        assertEquals(expected[i], found[i], () -> what.get() + "\nat " + at);
      }
    }
  }
}
