// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.model.Parameters;
import dev.unspool.network.Network;
import dev.unspool.onnx.Graph.Extent;
import dev.unspool.predict.Features;
import dev.unspool.predict.ModelDescription;
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

  static final Extent STEPS = Extent.of("steps");
  static final Extent LANES = Extent.of("lanes");

  private final Program program;
  private final List<StackedState> states;
  private final Parameters theta;
  private final Frame frame;
  private final Graph graph = new Graph("unspool");
  private final UniqueNames names = new UniqueNames();

  /** What is around a program: where its input comes from, and what becomes of its output. */
  interface Frame {
    /** Names of inputs and outputs of the graph. */
    List<String> names();

    /** Adds the inputs, and what is done to them. */
    Value input(Program program, Graph graph, GraphWriter writer, OnnxLanguage language);

    /** Adds the outputs, and what is done before. */
    void output(Value said, Graph graph, GraphWriter writer);

    /** Text about the model. */
    Map<String, String> metadata(List<StackedState> states);
  }

  private OnnxExport(StepProgram model, Parameters theta, Frame frame) {
    this.program = Program.of(model.recording());
    this.theta = theta;
    this.frame = frame;
    frame.names().forEach(names::fresh);
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
    write(model, theta, new PlainFrame(), file);
  }

  /**
   * Writes a model of a table, which takes numbers as they stand in the table and gives predictions
   * in the targets' own units: {@code x} (steps × lanes × what {@link Features} names, of float64,
   * with gaps filled) and {@code y} (steps × lanes × targets × horizons, and of a model of
   * quantiles × quantiles, of float64); of a normal distribution also {@code deviation}, as {@code
   * y}. The state is as in {@link #write(StepProgram, Parameters, Path)}. What the numbers are
   * stands in the file's metadata, under names that begin with {@code unspool.}
   *
   * <p>Where the newest value of a target is not what {@code x} says, because something else is
   * filled in, it is an input of its own, {@code newest} (steps × lanes × targets). A model of a
   * plant, whose program is the guided loop, has the input {@code measured} instead (steps × lanes
   * × targets): the outputs of the row where they were measured, and NaN where the model's own are
   * to be fed back.
   *
   * @param model of {@code description}; of a plant the guided loop
   * @param theta of {@code model}; not modified
   * @param metadata more text about the model
   */
  public static void write(
      StepProgram model,
      Parameters theta,
      ModelDescription description,
      Map<String, String> metadata,
      Path file)
      throws IOException {
    write(model, theta, new TableFrame(description, metadata), file);
  }

  private static void write(StepProgram model, Parameters theta, Frame frame, Path file)
      throws IOException {
    model.requireLayout(theta);
    if ((long) Float.BYTES * theta.layout().size() > LIMIT) {
      throw tooLong((long) Float.BYTES * theta.layout().size());
    }
    Message message = new OnnxExport(model, theta, frame).message();
    if (message.size() > LIMIT) {
      throw tooLong(message.size());
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe holds nothing to be kept
      try (OutputStream out = Files.newOutputStream(file)) {
        write(message, out);
      }
    } else {
      Path target = Files.exists(file) ? file.toRealPath() : file; // what a link leads to
      DurableFile.write(target, out -> write(message, out));
    }
  }

  private static void write(Message message, OutputStream out) throws IOException {
    var buffered = new BufferedOutputStream(out);
    message.writeTo(buffered);
    buffered.flush();
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
    Value x = frame.input(program, graph, writer, language);
    Map<String, Value> entering = new HashMap<>();
    states.forEach(state -> entering.putAll(entering(state, arrays)));
    var said =
        export.write(
            x, program.states().stream().map(array -> entering.get(array.name())).toList());
    frame.output(said.output(), graph, writer);
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
    return graph.model(frame.metadata(states));
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
