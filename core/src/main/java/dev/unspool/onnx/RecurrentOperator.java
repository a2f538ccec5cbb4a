// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.cell.CellParameter;
import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.model.Parameters;
import dev.unspool.model.Recording;
import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.program.Language;
import dev.unspool.program.Matrix;
import dev.unspool.program.Node;
import dev.unspool.program.Pattern;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * ONNX's recurrent operators, and which cells they are. ONNX Runtime runs a small cell over a
 * sequence of one lane several times as fast as a scan with the same equations.
 *
 * @param type of the operator
 * @param cell whose equations it computes
 * @param gates where each of ONNX's gates stands among PyTorch's
 * @param attributes that make it compute these equations
 */
record RecurrentOperator(
    String type, RecurrentCell cell, List<Integer> gates, List<Attribute> attributes) {
  private static final List<RecurrentOperator> ALL =
      List.of(
          // i, f, g, o become i, o, f, c.
          new RecurrentOperator("LSTM", new Lstm(), List.of(0, 3, 1, 2), List.of()),
          // r, z, n become z, r, h; the reset gate inside the recurrent product, as PyTorch has it.
          new RecurrentOperator(
              "GRU", new Gru(), List.of(1, 0, 2), List.of(Attribute.of("linear_before_reset", 1))),
          new RecurrentOperator(
              "RNN",
              new Elman(Signal::tanh),
              List.of(0),
              List.of(Attribute.strings("activations", "Tanh"))),
          new RecurrentOperator(
              "RNN",
              new Elman(Signal::relu),
              List.of(0),
              List.of(Attribute.strings("activations", "Relu"))));

  /** All of them, writing in a writer. */
  static List<Language.Recurrence<Value>> in(GraphWriter writer, Parameters theta) {
    return ALL.stream().<Language.Recurrence<Value>>map(o -> o.new Use(writer, theta)).toList();
  }

  private final class Use implements Language.Recurrence<Value> {
    private final GraphWriter writer;
    private final Parameters theta;

    Use(GraphWriter writer, Parameters theta) {
      this.writer = writer;
      this.theta = theta;
    }

    @Override
    public Recording equations(int width) {
      return StepProgram.of(1, (s, x) -> cell.write(s, x, width)).recording();
    }

    @Override
    public List<Value> write(
        Pattern.Match match, Value x, List<Value> carried, Function<Node, float[]> numbers) {
      int hidden = match.states().getFirst().width();
      long rows = (long) gates.size() * hidden;
      float[] biases = new float[2 * gates.size() * hidden];
      ordered(numbers.apply(match.vector(CellParameter.INPUT_BIAS.label())), biases, 0);
      ordered(
          numbers.apply(match.vector(CellParameter.RECURRENT_BIAS.label())),
          biases,
          biases.length / 2);
      var from = new ArrayList<>(List.of(x.name()));
      from.add(matrix(match.matrix(CellParameter.INPUT_WEIGHT.label())));
      from.add(matrix(match.matrix(CellParameter.RECURRENT_WEIGHT.label())));
      from.add(writer.array("biases", biases, 1, 2 * rows));
      from.add(""); // lengths of the lanes: all are as long as x
      carried.stream().map(new StateArrays(writer)::layer).forEach(from::add);
      var all = new ArrayList<>(attributes);
      all.add(Attribute.of("hidden_size", hidden));
      var results = writer.operators(type, from, 1 + carried.size(), all.toArray(Attribute[]::new));
      var left = new ArrayList<Value>();
      for (String state : results.subList(1, results.size())) {
        left.add(new Value(state, hidden, true, true));
      }
      var directions = List.of(results.getFirst(), writer.integers(1));
      left.add(new Value(writer.operator("Squeeze", directions), hidden, true));
      return left;
    }

    private String matrix(Matrix matrix) {
      float[] values = theta.get(matrix.name());
      float[] ordered = new float[values.length];
      ordered(values, ordered, 0);
      return writer.array(matrix.name(), ordered, 1, matrix.rows(), matrix.columns());
    }

    /** Blocks of rows in ONNX's order. */
    private void ordered(float[] values, float[] into, int offset) {
      int block = values.length / gates.size();
      for (int gate = 0; gate < gates.size(); gate++) {
        System.arraycopy(values, gates.get(gate) * block, into, offset + gate * block, block);
      }
    }
  }
}
