// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.model.Parameters;
import dev.unspool.network.Network;
import dev.unspool.onnx.Graph.Extent;
import dev.unspool.program.Export;
import dev.unspool.program.Program;
import dev.unspool.program.UniqueNames;
import dev.unspool.step.StackedState;
import dev.unspool.step.StepProgram;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a trained model as ONNX (operator set 14), which ONNX Runtime and many others run.
 *
 * <p>The graph takes {@code x} (steps × lanes × inputs of float32, or steps × lanes of int64 where
 * the input is a class index) and the state. What every layer carries in the same width is one
 * input in PyTorch's shape, layers × lanes × H: {@code h}, and {@code c} for LSTM layers. Any other
 * array of the state is an input of its own name, lanes × width. The graph returns {@code y} (steps
 * × lanes × outputs) and the new state, {@code h_next} and so on; a caller that feeds it back runs
 * a sequence in pieces. Numbers of steps and lanes are open, at least 1. Where the initial state is
 * not zeros, the outputs {@code h_initial} and so on, of 1 lane, give it. A state that is called
 * {@code x} or {@code y} itself gets an underscore. Dropout is left out; what depends on parameters
 * alone is a constant.
 */
public final class OnnxExport {
  /** No protobuf message is longer. */
  private static final long LIMIT = Integer.MAX_VALUE;

  private static final String NEXT = "_next";
  private static final String INITIAL = "_initial";

  private static final Extent STEPS = Extent.of("steps");
  private static final Extent LANES = Extent.of("lanes");

  private final Program program;
  private final List<StackedState> states;
  private final Parameters theta;
  private final Graph graph = new Graph("unspool");
  private final UniqueNames names = new UniqueNames();

  private OnnxExport(StepProgram model, Parameters theta) {
    this.program = Program.of(model.recording());
    this.theta = theta;
    names.fresh("x");
    names.fresh("y");
    this.states = StackedState.of(model.state()).stream().map(this::named).toList();
  }

  /** A state under a name that nothing else has, nor what belongs to it. */
  private StackedState named(StackedState state) {
    String name = state.name();
    while (Stream.of("", NEXT, INITIAL).map(name::concat).anyMatch(names::isTaken)) {
      name += "_";
    }
    Stream.of("", NEXT, INITIAL).map(name::concat).forEach(names::fresh);
    return new StackedState(name, state.width(), state.stacked(), state.arrays());
  }

  /** Writes a file, as {@link #write(StepProgram, Parameters, Path)} does. */
  public static void write(Network network, Parameters theta, Path file) throws IOException {
    write(network.program(), theta, file);
  }

  /**
   * Writes a file.
   *
   * @param theta of {@code model}; not modified
   * @throws IllegalArgumentException if the parameters are those of another model, or more than an
   *     ONNX file can hold (2 GB)
   */
  public static void write(StepProgram model, Parameters theta, Path file) throws IOException {
    model.requireLayout(theta);
    if ((long) Float.BYTES * theta.layout().size() > LIMIT) {
      throw tooLong((long) Float.BYTES * theta.layout().size());
    }
    Message message = new OnnxExport(model, theta).message();
    if (message.size() > LIMIT) {
      throw tooLong(message.size());
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      message.writeTo(out);
    }
  }

  private static IllegalArgumentException tooLong(long bytes) {
    return new IllegalArgumentException(
        "the model takes %s bytes, and an ONNX file holds at most %s: store it as safetensors"
            .formatted(bytes, LIMIT));
  }

  private Message message() {
    var writer = new GraphWriter(graph, names);
    var arrays = new StateArrays(writer);
    var language = new OnnxLanguage(writer, theta);
    var export = new Export<>(program, theta, language);
    Value x = input(language);
    Map<String, Value> entering = new HashMap<>();
    states.forEach(state -> entering.putAll(entering(state, arrays)));
    var said =
        export.write(
            x, program.states().stream().map(array -> entering.get(array.name())).toList());
    graph.operator("Identity", List.of(said.output().name()), List.of("y"));
    graph.output("y", Graph.Type.FLOAT, STEPS, LANES, Extent.of(said.output().width()));
    Map<String, Value> leaving = new HashMap<>();
    for (int i = 0; i < program.states().size(); i++) {
      leaving.put(program.states().get(i).name(), said.states().get(i));
    }
    for (StackedState state : states) {
      var values = state.arrays().stream().map(leaving::get).toList();
      String next = state.stacked() ? arrays.stacked(values) : arrays.flat(values.getFirst());
      graph.operator("Identity", List.of(next), List.of(state.name() + NEXT));
      graph.output(state.name() + NEXT, Graph.Type.FLOAT, shape(state, LANES));
      initial(state, export);
    }
    return graph.model();
  }

  private Value input(OnnxLanguage language) {
    int width = program.input().width();
    if (program.classes() > 0) {
      graph.input("x", Graph.Type.INT64, STEPS, LANES);
    } else {
      graph.input("x", Graph.Type.FLOAT, STEPS, LANES, Extent.of(width));
    }
    return language.input(width, program.classes());
  }

  private static Extent[] shape(StackedState state, Extent lanes) {
    Extent width = Extent.of(state.width());
    return state.stacked()
        ? new Extent[] {Extent.of(state.arrays().size()), lanes, width}
        : new Extent[] {lanes, width};
  }

  /** What the first step finds, by name. */
  private Map<String, Value> entering(StackedState state, StateArrays arrays) {
    graph.input(state.name(), Graph.Type.FLOAT, shape(state, LANES));
    if (!state.stacked()) {
      return Map.of(state.arrays().getFirst(), new Value(state.name(), state.width(), true));
    }
    Map<String, Value> layers = new HashMap<>();
    var values = arrays.layers(state.name(), state.arrays().size(), state.width());
    for (int i = 0; i < values.size(); i++) {
      layers.put(state.arrays().get(i), values.get(i));
    }
    return layers;
  }

  private void initial(StackedState state, Export<?> export) {
    float[] values = export.initial(state.arrays());
    if (values == null) {
      return;
    }
    String name = state.name() + INITIAL;
    String constant = names.fresh("initial");
    var shape = new ArrayList<>(List.of(1L, (long) state.width()));
    if (state.stacked()) {
      shape.addFirst((long) state.arrays().size());
    }
    graph.constant(constant, values, shape.stream().mapToLong(Long::longValue).toArray());
    graph.operator("Identity", List.of(constant), List.of(name));
    graph.output(name, Graph.Type.FLOAT, shape(state, Extent.of(1)));
  }
}
