// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.program.Language;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Pattern;
import dev.unspool.program.Program;
import dev.unspool.program.StateArray;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import dev.unspool.torch.ScriptLanguage.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's recurrent functions, and which cells they are: faster than a loop in TorchScript.
 *
 * @param name of the function
 * @param cell whose equations it computes
 */
record RecurrentFunction(String name, RecurrentCell cell) {
  private static final List<RecurrentFunction> ALL =
      List.of(
          new RecurrentFunction("lstm", new Lstm()),
          new RecurrentFunction("gru", new Gru()),
          new RecurrentFunction("rnn_tanh", new Elman(Signal::tanh)),
          new RecurrentFunction("rnn_relu", new Elman(Signal::relu)));

  /** The function for some states of a program; null if there is none. */
  static Language.@Nullable Recurrence<Value> of(
      Program program, List<StateArray> states, ScriptLanguage language) {
    int hidden = states.getFirst().width();
    for (RecurrentFunction function : ALL) {
      var cell = StepProgram.of(1, (s, x) -> function.cell.write(s, x, hidden));
      Pattern.Match match = new Pattern(Program.of(cell.recording())).find(program, states);
      if (match != null) {
        return new Use(function.name, match, language);
      }
    }
    return null;
  }

  private record Use(String function, Pattern.Match match, ScriptLanguage language)
      implements Language.Recurrence<Value> {
    @Override
    public List<Value> write(Value x, List<Value> carried, Function<Node, float[]> numbers) {
      var states = carried.stream().map(state -> state.code() + ".unsqueeze(0)").toList();
      String all = String.join(", ", states);
      var weights = new ArrayList<String>();
      for (String matrix : List.of("weight_ih", "weight_hh")) {
        weights.add(language.matrix(Objects.requireNonNull(match.matrices().get(matrix))));
      }
      for (String vector : List.of("bias_ih", "bias_hh")) {
        Node bias = Objects.requireNonNull(match.vectors().get(vector));
        String name = bias.op() instanceof Leaf leaf ? leaf.name() : vector;
        weights.add(language.constant(name, numbers.apply(bias)).code());
      }
      String result =
          language.assign(
              "torch.%s(%s, %s, [%s], True, 1, 0.0, False, False, False)"
                  .formatted(
                      function,
                      x.code(),
                      states.size() == 1 ? all : "[" + all + "]",
                      String.join(", ", weights)));
      int hidden = match.states().getFirst().width();
      var left = new ArrayList<Value>();
      for (int i = 0; i <= states.size(); i++) {
        boolean rows = i == states.size();
        String part = rows ? result + "[0]" : "%s[%s].squeeze(0)".formatted(result, i + 1);
        left.add(language.rows(language.assign(part), hidden));
      }
      return left;
    }
  }
}
